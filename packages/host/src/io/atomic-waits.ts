import { disguise, type Patcher } from '../patcher.ts';
import { notifyBegins, waitBegins } from './thread-memory.ts';

type Wait = (this: unknown, ...args: unknown[]) => string;
type WaitAsync = (this: unknown, ...args: unknown[]) => { readonly async: boolean; readonly value: Promise<string> };
type Notify = (this: unknown, ...args: unknown[]) => number;

/** What decides which waits and wakes are told. */
interface Telling {
  /** True while anybody wants to know. Another copy of this module may tell the same. */
  readonly isHeard: () => boolean;
  /** Asked as a wait without an end begins: true if it waits for threads that are known to who has started this one. */
  readonly othersDecide: () => boolean;
}

/** Has the waits and wakes of `Atomics` told by this thread. */
export function watchAtomics(patcher: Patcher, { isHeard, othersDecide }: Telling): void {
  const waiting = (original: Wait): Wait =>
    disguise(function (this: unknown, ...args: unknown[]): string {
      if (!isHeard()) return Reflect.apply(original, this, args);
      const [, , , timeout] = args;
      const end = waitBegins((timeout === undefined || timeout === Infinity) && othersDecide());
      let result = '';
      try {
        result = Reflect.apply(original, this, args);
        return result;
      } finally {
        end(result === 'ok');
      }
    }, original);
  patcher.replace(Atomics, 'wait', waiting);
  // They are among those that `notify` counts, though their thread goes on.
  const waitingAsync = (original: WaitAsync): WaitAsync =>
    disguise(function (this: unknown, ...args: unknown[]): ReturnType<WaitAsync> {
      if (!isHeard()) return Reflect.apply(original, this, args);
      const end = waitBegins(false);
      try {
        const waits = Reflect.apply(original, this, args);
        if (waits.async) void waits.value.then((result) => end(result === 'ok'));
        else end(false);
        return waits;
      } catch (error) {
        end(false);
        throw error;
      }
    }, original);
  patcher.replace(Atomics, 'waitAsync', waitingAsync);
  const notifying = (original: Notify): Notify =>
    disguise(function (this: unknown, ...args: unknown[]): number {
      if (!isHeard()) return Reflect.apply(original, this, args);
      const end = notifyBegins();
      let count = 0;
      try {
        count = Reflect.apply(original, this, args);
        return count;
      } finally {
        end(count);
      }
    }, original);
  patcher.replace(Atomics, 'notify', notifying);
}
