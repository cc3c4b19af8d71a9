/**
 * Runs in a worker in real time, before its program, and tells the thread that has started it when it waits
 * for nothing but messages. See WorkerThread.
 */
import diagnostics from 'node:diagnostics_channel';
import { BroadcastChannel, getEnvironmentData, parentPort, type Worker } from 'node:worker_threads';
import { disguise, Patcher } from '../patcher.ts';
import { process, realm, workerThreads } from '../realm.ts';
import { watchAtomics } from './atomic-waits.ts';
import { isOfHost, portsOfProgram } from './host-messages.ts';
import {
  execArgvKey,
  messagesAreOurs,
  noteBroadcastChannel,
  notePortSent,
  notePost,
  noteSent,
  noteTalk,
  willSayWhenItWaits,
} from './thread-memory.ts';
import { portsIn, transferredBy } from './port-ends.ts';
import { tellIdleness, type Awaited } from './thread-states.ts';
import { threadPool, wrapThreadPool } from './thread-pool.ts';

type Send = (this: object, ...args: unknown[]) => unknown;

/** What only others can end. */
const passive = new Set(['MessagePort', 'TCPServerWrap']);

/** True while something is broadcast, which the channel sends by a port of its own. */
let isBroadcasting = false;

const telling =
  (isTalk: boolean) =>
  (original: Send): Send =>
    disguise(function (this: object, ...args: unknown[]): unknown {
      if (isBroadcasting || messagesAreOurs()) return Reflect.apply(original, this, args);
      if (isTalk) noteTalk();
      const [message, options] = args;
      if (this !== parentPort && !isOfHost(message)) noteSent();
      if (portsOfProgram(message, portsIn(transferredBy(options))).length > 0) notePortSent();
      isBroadcasting = isTalk;
      try {
        return Reflect.apply(original, this, args);
      } finally {
        isBroadcasting = false;
        notePost();
      }
    }, original);

/** Workers of this one that live: the host does not list them, and nobody looks what they do. */
let workers = 0;

/** What this thread waits for. */
function awaits(): Awaited {
  const resources = process.getActiveResourcesInfo();
  if (resources.includes('Immediate')) return 'turn';
  if (workers > 0 || !threadPool.idle) return 'delivery';
  // Without any it is about to end.
  return resources.length === 0 || resources.some((what) => !passive.has(what)) ? 'delivery' : 'messages';
}

const noting = (original: typeof BroadcastChannel): typeof BroadcastChannel =>
  new Proxy(original, {
    construct(target, args, newTarget): object {
      noteBroadcastChannel();
      return Reflect.construct(target, args, newTarget) as object;
    },
  });

function watch(patcher: Patcher): void {
  wrapThreadPool(patcher);
  watchAtomics(patcher, { isHeard: () => true, othersDecide: () => workers === 0 });
  patcher.replace(BroadcastChannel.prototype, 'postMessage', telling(true));
  patcher.replace(realm, 'BroadcastChannel', noting);
  patcher.replace(workerThreads, 'BroadcastChannel', noting);
  patcher.replace(MessagePort.prototype, 'postMessage', telling(false));
  patcher.publish();
  diagnostics.subscribe('worker_threads', (message) => {
    workers++;
    (message as { readonly worker: Worker }).worker.once('exit', () => workers--);
  });
  willSayWhenItWaits();
  tellIdleness(awaits);
}

// What the program sees is what it was started with: see `helped`.
const [flag] = process.execArgv.splice(0, 2);
const inherited = getEnvironmentData(execArgvKey) as readonly string[] | undefined;
if (flag === '-r' && inherited !== undefined) process.execArgv.splice(0, Infinity, ...inherited);
const patcher = new Patcher();
try {
  watch(patcher);
} catch {
  // Where nothing can be replaced (frozen intrinsics, say) the worker says nothing, and its program runs.
  patcher.restore();
}
