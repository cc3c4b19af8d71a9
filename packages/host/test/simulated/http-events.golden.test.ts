import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { installHost } from '../../src/index.ts';
import { withSimulation } from './helpers.ts';

type Emitter = NodeJS.EventEmitter;
type Log = Record<string, string[]>;

/** Notes which events an emitter emits, in order; the same one behind the other once. */
function listen(log: Log, name: string, emitter: Emitter, events: readonly string[]): void {
  const seen = (log[name] ??= []);
  for (const event of events) emitter.on(event, () => seen.at(-1) !== event && seen.push(event));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** What a client does with an answer, and a server with a request. */
interface Scene {
  readonly client: (url: string, log: Log) => Promise<void>;
  readonly server: (request: IncomingMessage, response: ServerResponse) => unknown;
}

function requestTo(url: string, log: Log, options: http.RequestOptions = {}): http.ClientRequest {
  // A connection of its own, as each simulated request has.
  const request = http.request(url, { agent: new http.Agent(), ...options });
  listen(log, 'client request', request, ['finish', 'response', 'timeout', 'abort', 'error', 'close']);
  request.on('response', (response) => {
    listen(log, 'client response', response, ['data', 'aborted', 'error', 'end', 'close']);
  });
  return request;
}

/** Listens at once: the end of a short answer comes before a promise is told of its beginning. */
const ended = (request: http.ClientRequest): Promise<void> =>
  new Promise((resolve) => request.on('response', (response) => response.on('end', resolve)));

const scenes: readonly (readonly [name: string, scene: Scene])[] = [
  [
    'a short answer',
    {
      async client(url, log) {
        const request = requestTo(url, log);
        request.end();
        await ended(request);
      },
      server: (_request, response) => void response.end('short'),
    },
  ],
  [
    'an upload that is answered at its end',
    {
      async client(url, log) {
        const request = requestTo(url, log, { method: 'POST' });
        for (let i = 0; i < 5; i++) request.write('x'.repeat(50_000));
        request.end();
        await ended(request);
      },
      server: (request, response) => void request.resume().on('end', () => response.end('thanks')),
    },
  ],
  [
    'an answer in pieces with pauses',
    {
      async client(url, log) {
        const request = requestTo(url, log);
        request.end();
        await ended(request);
      },
      async server(_request, response) {
        for (let i = 0; i < 3; i++) {
          response.write('piece');
          await pause(100);
        }
        response.end();
      },
    },
  ],
  [
    'a client that gives up while it waits',
    {
      async client(url, log) {
        const request = requestTo(url, log);
        request.on('error', () => {});
        request.end();
        await pause(50);
        request.destroy();
        await pause(500);
      },
      server: (_request, response) => void pause(200).then(() => response.end()),
    },
  ],
  [
    'a client that gives up within the answer',
    {
      async client(url, log) {
        const request = requestTo(url, log);
        request.on('error', () => {});
        request.end();
        request.on('response', (response: IncomingMessage) => {
          response.on('error', () => {});
          response.once('data', () => response.destroy());
        });
        await pause(500);
      },
      server: (_request, response) => void response.write('begun'),
    },
  ],
  [
    'a server that breaks the connection within the answer',
    {
      async client(url, log) {
        const request = requestTo(url, log);
        request.on('error', () => {});
        request.end();
        request.on('response', (response: IncomingMessage) => response.on('error', () => {}));
        await pause(500);
      },
      server(_request, response) {
        response.write('begun');
        setTimeout(() => response.socket!.destroy(), 100);
      },
    },
  ],
  [
    'a client with a timeout',
    {
      async client(url, log) {
        const request = requestTo(url, log, { timeout: 100 });
        request.on('error', () => {});
        request.on('timeout', () => request.destroy());
        request.end();
        await pause(500);
      },
      server: () => {},
    },
  ],
];

/** The events of a scene over the loopback interface. */
async function playReal({ client, server }: Scene): Promise<Log> {
  const log: Log = {};
  const loop = new EventLoop({ clock: new VirtualClock() });
  const restore = installHost(loop);
  await loop.runUntilComplete(async () => {
    const real = http.createServer(loggedBy(log, server)).listen(0, '127.0.0.1');
    await once(real, 'listening');
    await client(`http://127.0.0.1:${(real.address() as AddressInfo).port}/`, log);
    await pause(1000);
    real.close();
    real.closeAllConnections();
  });
  restore();
  return log;
}

async function playSimulated({ client, server }: Scene): Promise<Log> {
  const log: Log = {};
  await withSimulation({ http: loggedBy(log, server) }, async () => {
    await client('http://service.test/', log);
    await pause(1000);
  });
  return log;
}

const loggedBy =
  (log: Log, server: Scene['server']): RequestListener =>
  (request, response) => {
    listen(log, 'server request', request, ['data', 'aborted', 'error', 'end', 'close']);
    listen(log, 'server response', response, ['finish', 'error', 'close']);
    server(request, response);
  };

describe('Simulated http emits the events that http over the loopback interface does', () => {
  it.each(scenes)('%s', async (_, scene) => {
    const real = await playReal(scene);
    expect(Object.keys(real).length).toBeGreaterThan(1);
    expect(await playSimulated(scene)).toEqual(real);
  });
});
