import { BroadcastChannel, getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads';
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
  /** As `confirming` and `idle`, of a thread in real time, which is `unknown` otherwise. */
  confirmingReal: 4,
  idleReal: 5,
} as const;

const key = 'timeloom.thread-states';
const most = 65_536;

/** Where a thread says what it does. Numbers only grow, and so many threads there are not at a time. */
const slotOf = (id: number): number => 1 + (id % (most - 1));

/** In front of all threads: 1 once some worker can send something to another one. */
const talkSlot = 0;

/** One byte for each thread of the process: null in a program that has made no worker virtual. */
function shared(): Uint8Array | null {
  const buffer = getEnvironmentData(key) as SharedArrayBuffer | undefined;
  return buffer === undefined ? null : new Uint8Array(buffer);
}

/** See {@link wakeChannel}. */
export interface WakeChannel {
  /** Wakes the thread at the other end. */
  wake(): void;
  close(): void;
}

/**
 * Between a thread and the one that has started it, for messages that say nothing but wake the other one up.
 * Keeps no thread alive.
 */
export function wakeChannel(id: number, woken: () => void): WakeChannel {
  const channel = new BroadcastChannel(`timeloom.thread-${id}`) as BroadcastChannel & { unref(): void };
  channel.unref();
  channel.onmessage = woken;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
  return { wake: () => quietly(() => channel.postMessage(null)), close: () => quietly(() => channel.close()) };
}

let areOurs = false;

/** True while messages are posted, and ports closed, that are none of the program's. */
export const messagesAreOurs = (): boolean => areOurs;

function quietly(action: () => void): void {
  areOurs = true;
  try {
    action();
  } finally {
    areOurs = false;
  }
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

const inRealTime = (state: number): boolean => state === ThreadState.unknown || state >= ThreadState.confirmingReal;

/** A thread begins, and has said nothing yet. */
export function threadStarted(id: number): void {
  if (states !== null) Atomics.store(states, slotOf(id), ThreadState.unknown);
}

/** What a thread says it does. */
export function stateOfThread(id: number): number {
  return states === null ? ThreadState.unknown : Atomics.load(states, slotOf(id));
}

/** True once workers may send each other something, which this thread does not see. */
export function threadsTalk(): boolean {
  return states !== null && Atomics.load(states, talkSlot) !== 0;
}

/** Workers may do so from now on: one was given a port, or uses a broadcast channel. */
export function noteTalk(): void {
  const told = states ?? shared();
  if (told !== null) Atomics.store(told, talkSlot, 1);
}

/**
 * A thread was sent something, so it is busy until it has looked for that. Call it behind the sending: what
 * the thread says meanwhile is then known to be out of date. Wake it then, if that gives true: it may have
 * looked already.
 */
export function threadAsked(id: number): boolean {
  const state = stateOfThread(id);
  if (state === ThreadState.unknown) return false;
  Atomics.store(states!, slotOf(id), inRealTime(state) ? ThreadState.unknown : ThreadState.busy);
  return true;
}

/**
 * Tells who has started this thread what it does, at the end of each turn of the host's loop.
 *
 * @param waits whether the thread waits for real I/O.
 * @returns how to stop.
 */
export function tellState(loop: EventLoop, waits: () => boolean): () => void {
  const told = isMainThread ? null : shared();
  if (told === null) return () => {};
  const slot = slotOf(threadId);
  let stopped = false;
  let steps = -1;
  const { busy, confirming, idle } = ThreadState;
  const turn = (): void => {
    if (stopped) return;
    const ran = steps !== (steps = loop.statistics().steps);
    if (ran || waits()) {
      Atomics.store(told, slot, busy);
      return (ran ? afterNextPoll : afterNextDelivery)(turn);
    }
    // Behind this turn steps may run and begin something, and something may be on its way to here: so
    // idle is what is quiet for two turns, and was sent nothing since the first of them.
    if (Atomics.compareExchange(told, slot, confirming, idle) === confirming) return afterNextDelivery(turn);
    Atomics.store(told, slot, confirming);
    afterNextPoll(turn);
  };
  // Nothing is heard of a thread while it is taken down.
  const ending = (): void => {
    stopped = true;
    Atomics.store(told, slot, busy);
  };
  process.once('exit', ending);
  Atomics.store(told, slot, busy);
  afterNextDelivery(turn);
  const channel = wakeChannel(threadId, () => {});
  return () => {
    stopped = true;
    channel.close();
    process.off('exit', ending);
    Atomics.store(told, slot, ThreadState.unknown);
  };
}

/**
 * As {@link tellState}, from a worker in real time, for as long as it lives: tells when it has nothing to do
 * but to wait for messages.
 *
 * @param waits whether the thread waits for anything else, its own timers included.
 * @param becameIdle called each time.
 */
export function tellIdleness(waits: () => boolean, becameIdle: () => void): void {
  const told = isMainThread ? null : shared();
  if (told === null) return;
  const slot = slotOf(threadId);
  const { confirmingReal, idleReal, unknown } = ThreadState;
  const turn = (): void => {
    // A loop was installed, which tells more.
    if (!inRealTime(Atomics.load(told, slot))) return;
    if (waits()) {
      Atomics.store(told, slot, unknown);
      return afterNextDelivery(turn);
    }
    // As above: what is on its way to here is there behind the next poll.
    if (Atomics.compareExchange(told, slot, confirmingReal, idleReal) === confirmingReal) {
      becameIdle();
      return afterNextDelivery(turn);
    }
    Atomics.store(told, slot, confirmingReal);
    afterNextPoll(turn);
  };
  afterNextDelivery(turn);
}
