/**
 * Runs in a worker in real time, before its program, and tells the thread that has started it when it waits
 * for nothing but messages. See WorkerThread.
 */
import diagnostics from 'node:diagnostics_channel';
import { BroadcastChannel, type Worker } from 'node:worker_threads';
import { disguise, Patcher } from '../patcher.ts';
import { process } from '../realm.ts';
import { watchAtomics } from './atomic-waits.ts';
import { messagesAreOurs, notePost, noteTalk, willSayWhenItWaits } from './thread-memory.ts';
import { tellIdleness } from './thread-states.ts';
import { threadPool, wrapThreadPool } from './thread-pool.ts';

type Send = (this: object, ...args: unknown[]) => unknown;

/** What only others can end. */
const passive = new Set(['MessagePort', 'TCPServerWrap']);

const telling =
  (isTalk: boolean) =>
  (original: Send): Send =>
    disguise(function (this: object, ...args: unknown[]): unknown {
      if (messagesAreOurs()) return Reflect.apply(original, this, args);
      if (isTalk) noteTalk();
      try {
        return Reflect.apply(original, this, args);
      } finally {
        notePost();
      }
    }, original);

/** Workers of this one that live: the host does not list them, and nobody looks what they do. */
let workers = 0;

const patcher = new Patcher();
wrapThreadPool(patcher);
watchAtomics(patcher, { isHeard: () => true, othersDecide: () => workers === 0 });
patcher.replace(BroadcastChannel.prototype, 'postMessage', telling(true));
patcher.replace(MessagePort.prototype, 'postMessage', telling(false));
patcher.publish();
willSayWhenItWaits();

diagnostics.subscribe('worker_threads', (message) => {
  workers++;
  (message as { readonly worker: Worker }).worker.once('exit', () => workers--);
});

tellIdleness(() => {
  if (workers > 0 || !threadPool.idle) return true;
  const resources = process.getActiveResourcesInfo();
  // Without any it is about to end.
  return resources.length === 0 || resources.some((what) => !passive.has(what));
});

// What the program sees is what it was started with.
const place = process.execArgv.findIndex((argument) => /\bin-worker\.cjs$/.test(argument));
if (place > 0) process.execArgv.splice(place - 1, 2);
