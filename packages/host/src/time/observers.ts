import { messages, pollBeforeNextTurn } from '../io/messages.ts';
import { disguise, type Patcher } from '../patcher.ts';
import { perfHooks } from '../realm.ts';

type Observe = (this: unknown, ...args: unknown[]) => unknown;

let isObserved = false;

const noticing = (original: Observe): Observe =>
  disguise(function (this: unknown, ...args: unknown[]): unknown {
    isObserved = true;
    return Reflect.apply(original, this, args);
  }, original);

/** From now on it is known whether the program has a PerformanceObserver. */
export function noticeObservers(patcher: Patcher): void {
  patcher.replace(perfHooks.PerformanceObserver.prototype, 'observe', noticing);
}

/** A mark or a measure is made: an immediate of Node's own tells observers of it, and the clock waits for that. */
export function entryWillBeTold(): void {
  if (!isObserved) return;
  messages.sent('entry for a PerformanceObserver');
  pollBeforeNextTurn();
}
