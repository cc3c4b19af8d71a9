import { disguise, type Patcher } from '../patcher.ts';
import { threadsWoken, waitBegins } from './thread-memory.ts';

type Wait = (this: unknown, ...args: unknown[]) => string;
type Notify = (this: unknown, ...args: unknown[]) => number;

/**
 * Has the waits and wakes of `Atomics` told by this thread.
 *
 * @param othersDecide asked as a wait without an end begins: true if it waits for threads that are known to
 * who has started this one.
 */
export function watchAtomics(patcher: Patcher, othersDecide: () => boolean): void {
  const waiting = (original: Wait): Wait =>
    disguise(function (this: unknown, ...args: unknown[]): string {
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
  patcher.replace(Atomics, 'notify', notifying);
}

const notifying = (original: Notify): Notify =>
  disguise(function (this: unknown, ...args: unknown[]): number {
    const count = Reflect.apply(original, this, args);
    threadsWoken(count);
    return count;
  }, original);
