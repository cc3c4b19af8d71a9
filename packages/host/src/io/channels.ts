import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { actors } from './actors.ts';
import type { Answer } from './connection.ts';
import { connections } from './connections.ts';
import type { ChildProcess } from 'node:child_process';
import type { Worker } from 'node:worker_threads';

/** A response to fetch, or to another client made of undici. */
class FetchAnswer implements Answer {
  complete = false;
}

const fetches = new WeakMap<object, FetchAnswer>();

function fetchSent({ request, socket }: { request: object; socket: Socket }): void {
  const answer = new FetchAnswer();
  fetches.set(request, answer);
  connections.expect(socket, answer);
}

function fetchEnded({ request }: { request: object }): void {
  const answer = fetches.get(request);
  if (answer !== undefined) answer.complete = true;
}

/** A response to `http.request` or `https.request`. */
class HttpAnswer implements Answer {
  readonly #request: ClientRequest & { res?: { complete: boolean }; upgradeOrConnect?: boolean };

  constructor(request: ClientRequest) {
    this.#request = request;
  }

  get complete(): boolean {
    const { destroyed, res, upgradeOrConnect } = this.#request;
    return destroyed || res?.complete === true || upgradeOrConnect === true;
  }
}

const listeners: readonly (readonly [channel: string, listener: (message: never) => void])[] = [
  ['net.server.socket', ({ socket }: { socket: Socket }) => connections.accepted(socket)],
  ['undici:client:sendHeaders', fetchSent],
  ['undici:request:trailers', fetchEnded],
  ['undici:request:error', fetchEnded],
  [
    'http.client.request.start',
    ({ request }: { request: ClientRequest }) => connections.expect(request.socket, new HttpAnswer(request)),
  ],
  ['child_process', ({ process }: { process: ChildProcess }) => actors.childStarted(process)],
  ['worker_threads', ({ worker }: { worker: Worker }) => actors.workerStarted(worker)],
];

/** Listens to what Node publishes about its I/O; returns how to stop. */
export function listenToChannels(): () => void {
  for (const [channel, listener] of listeners) diagnostics.subscribe(channel, listener as () => void);
  return () => {
    for (const [channel, listener] of listeners) diagnostics.unsubscribe(channel, listener as () => void);
  };
}
