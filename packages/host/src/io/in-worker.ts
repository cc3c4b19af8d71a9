/**
 * Runs in a worker in real time, before its program, and tells the thread that has started it when it waits
 * for nothing but messages. See WorkerThread.
 */
import diagnostics from 'node:diagnostics_channel';
import { BroadcastChannel, threadId, type Worker } from 'node:worker_threads';
import { disguise, Patcher } from '../patcher.ts';
import { process } from '../realm.ts';
import { messagesAreOurs, noteTalk, tellIdleness, wakeChannel } from './thread-states.ts';
import { threadPool, wrapThreadPool } from './thread-pool.ts';

type Send = (this: object, ...args: unknown[]) => unknown;

/** What only others can end. */
const passive = new Set(['MessagePort', 'TCPServerWrap']);

const channel = wakeChannel(threadId, () => {});

const noticing = (original: Send): Send =>
  disguise(function (this: object, ...args: unknown[]): unknown {
    if (!messagesAreOurs()) noteTalk();
    return Reflect.apply(original, this, args);
  }, original);

const patcher = new Patcher();
wrapThreadPool(patcher);
patcher.replace(BroadcastChannel.prototype, 'postMessage', noticing);
patcher.publish();

/** Workers of this one that live: the host does not list them, and nobody looks what they do. */
let workers = 0;
diagnostics.subscribe('worker_threads', (message) => {
  workers++;
  (message as { readonly worker: Worker }).worker.once('exit', () => workers--);
});

tellIdleness(
  () => workers > 0 || !threadPool.idle || process.getActiveResourcesInfo().some((what) => !passive.has(what)),
  () => channel.wake(),
);

// What the program sees is what it was started with.
const place = process.execArgv.findIndex((argument) => /\bin-worker\.cjs$/.test(argument));
if (place > 0) process.execArgv.splice(place - 1, 2);
