import type { MessageChannel, MessagePort } from 'node:worker_threads';
import type { Patcher } from '../patcher.ts';
import { realm, workerThreads } from '../realm.ts';
import type { WorkerThread } from './worker-thread.ts';

const { MessagePort: Port, parentPort } = workerThreads;

/** Who gets what is sent by a port: one worker, none that this thread has started, or any of them. */
export type Receiver = WorkerThread | 'no worker' | 'any worker';

// The types of the oldest Node that we support lack what tells it: undefined is said of a port without a handle.
type Watched = MessagePort & { hasRef(): boolean | undefined };

interface OtherEnd {
  readonly port: WeakRef<Watched>;
  /** The worker that this thread has sent it to. It may send it on. */
  movedTo: WorkerThread | null;
  /** How many messages were sent to it before that. */
  waiting: number;
}

/** Of ports that were made in this thread while they were watched. */
const otherEnds = new WeakMap<object, OtherEnd>();

/** Has it noted which ports belong together. */
export function watchChannels(patcher: Patcher): void {
  patcher.replace(realm, 'MessageChannel', noted);
  patcher.replace(workerThreads, 'MessageChannel', noted);
}

type Channels = typeof MessageChannel;
const noted = (original: Channels): Channels =>
  new Proxy(original, {
    construct(target, args, newTarget): MessageChannel {
      const channel = Reflect.construct(target, args, newTarget) as MessageChannel;
      const [port1, port2] = [channel.port1 as Watched, channel.port2 as Watched];
      otherEnds.set(port1, { port: new WeakRef(port2), movedTo: null, waiting: 0 });
      otherEnds.set(port2, { port: new WeakRef(port1), movedTo: null, waiting: 0 });
      return channel;
    },
  });

/** What is transferred by a message, of which `options` is the second argument. */
export const transferredBy = (options: unknown): unknown =>
  Array.isArray(options) ? options : (options as { transfer?: unknown } | null | undefined)?.transfer;

/** The ports in what should be a list of what is transferred. */
export const portsIn = (list: unknown): object[] =>
  Array.isArray(list) ? list.filter((one) => one instanceof Port) : [];

/** Whoever sends a list of what is transferred by `send` gives ports to `receiver`, with what waits in them. */
export function portsSent<T>(list: unknown, receiver: Receiver, toAnyWorker: () => void, send: () => T): T {
  const ports = portsIn(list);
  if (receiver === 'any worker' && ports.length > 0) toAnyWorker();
  if (typeof receiver === 'string' || ports.length === 0) return send();
  receiver.aheadOfMessages();
  const result = send();
  receiver.givenPort();
  for (const port of ports) moved(port, receiver);
  return result;
}

function moved(port: object, receiver: WorkerThread): void {
  const left = otherEnds.get(port)?.port.deref();
  const end = left && otherEnds.get(left);
  if (end === undefined) return;
  end.movedTo = receiver;
  if (end.waiting > 0) receiver.mayHear(end.waiting);
}

/** Where what is sent by `port` goes. */
export function receiverOf(port: object): Receiver {
  if (port === parentPort) return 'no worker';
  const other = otherEnds.get(port);
  if (other === undefined) return 'any worker';
  if (other.movedTo !== null) return other.movedTo.sendsPorts ? 'any worker' : other.movedTo;
  // The object of a port that was moved, by whatever means, stays behind and has no handle any more.
  return other.port.deref()?.hasRef() === undefined ? 'any worker' : 'no worker';
}

/** A message that no worker gets was sent by `port`. It waits for who gets the other end. */
export function messageWaits(port: object): void {
  const other = otherEnds.get(port);
  if (other !== undefined) other.waiting++;
}
