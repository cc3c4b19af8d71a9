import type { EventLoop, VirtualClock } from '@timeloom/loop';
import { disguise, type Patcher } from '../patcher.ts';
import { workerThreads, type Realm } from '../realm.ts';

type Wait = (this: unknown, ...args: unknown[]) => string;

const { isMainThread } = workerThreads;

let clock: Partial<VirtualClock> | null = null;
let nothingIsInFlight: () => boolean = () => false;

/**
 * `Atomics.wait` with a timeout is how code sleeps that may not be asynchronous. It blocks the thread, and
 * what it takes passes on the clock, as for code that reads the time until it is late enough. Where nobody
 * can wake it, it takes no real time: that is the main thread, with no worker beside it. Nor anything else
 * that is in flight, because what sleeps so between two looks at a file may wait for another process.
 */
function passing(original: Wait): Wait {
  return disguise(function (this: unknown, ...args: unknown[]): string {
    const [array, index, value, timeoutMs] = args;
    const ends = typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs !== Infinity;
    if (!ends || clock === null) return Reflect.apply(original, this, args);
    const alone = isMainThread && nothingIsInFlight();
    const result: string = Reflect.apply(original, this, alone ? [array, index, value, 0] : args);
    if (result === 'timed-out') clock.block?.(timeoutMs);
    return result;
  }, original);
}

/** Has what waits with a timeout in `realm` take its time on the clock. */
export function letWaitsPass(patcher: Patcher, { Atomics }: Pick<Realm, 'Atomics'>): void {
  patcher.replace(Atomics, 'wait', passing);
}

/** From now on that is the clock of `loop`; null: the host's. `isQuiet` says whether nothing is in flight. */
export function setLoopOfWaits(loop: EventLoop | null, isQuiet: () => boolean = () => false): void {
  clock = loop === null ? null : (loop.clock as Partial<VirtualClock>);
  nothingIsInFlight = isQuiet;
}
