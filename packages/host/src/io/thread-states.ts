import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads';
import type { EventLoop } from '@timeloom/loop';
import { process } from '../realm.ts';
import { afterNextDelivery, afterNextPoll } from './host-turn.ts';

/** What is known of a thread by itself. */
export const ThreadState = {
  /** It has no loop that is installed. */
  unknown: 0,
  /** It runs, or waits for something that is on its way. */
  busy: 1,
  /** It seems to have nothing to do, and looks once more for what was sent to it. */
  confirming: 2,
  /** It sleeps until somebody sends it something. */
  idle: 3,
} as const;

const key = 'timeloom.thread-states';
const most = 65_536;

/** One byte for each thread of the process, by its number: null in a program that has made no worker virtual. */
function shared(): Uint8Array | null {
  const buffer = getEnvironmentData(key) as SharedArrayBuffer | undefined;
  return buffer === undefined ? null : new Uint8Array(buffer);
}

let states: Uint8Array | null = null;

/** From now on threads that are started tell this one what they do, if a loop is installed there. */
export function listenToThreads(): void {
  states ??= shared();
  if (states !== null) return;
  const buffer = new SharedArrayBuffer(most);
  setEnvironmentData(key, buffer);
  states = new Uint8Array(buffer);
}

/** What a thread says it does. */
export function stateOfThread(id: number): number {
  return states === null || !(id >= 0 && id < most) ? ThreadState.unknown : Atomics.load(states, id);
}

/**
 * A thread was sent something, so it is busy until it has looked for that. Call it behind the sending: what
 * the thread says meanwhile is then known to be out of date.
 */
export function threadAsked(id: number): void {
  if (stateOfThread(id) !== ThreadState.unknown) Atomics.store(states!, id, ThreadState.busy);
}

/**
 * Tells who has started this thread what it does, at the end of each turn of the host's loop.
 *
 * @param waits whether the thread waits for real I/O.
 * @returns how to stop.
 */
export function tellState(loop: EventLoop, waits: () => boolean): () => void {
  const told = isMainThread ? null : shared();
  if (told === null || threadId >= most) return () => {};
  let stopped = false;
  let steps = -1;
  const { busy, confirming, idle } = ThreadState;
  const turn = (): void => {
    if (stopped) return;
    const ran = steps !== (steps = loop.statistics().steps);
    if (ran || waits()) {
      Atomics.store(told, threadId, busy);
      return (ran ? afterNextPoll : afterNextDelivery)(turn);
    }
    // Behind this turn steps may run and begin something, and something may be on its way to here: so
    // idle is what is quiet for two turns, and was sent nothing since the first of them.
    if (Atomics.compareExchange(told, threadId, confirming, idle) === confirming) return afterNextDelivery(turn);
    Atomics.store(told, threadId, confirming);
    afterNextPoll(turn);
  };
  // Nothing is heard of a thread while it is taken down.
  const ending = (): void => {
    stopped = true;
    Atomics.store(told, threadId, busy);
  };
  process.once('exit', ending);
  Atomics.store(told, threadId, busy);
  afterNextDelivery(turn);
  return () => {
    stopped = true;
    process.off('exit', ending);
    Atomics.store(told, threadId, ThreadState.unknown);
  };
}
