import { RealClock } from '@timeloom/loop';
import type { Budget } from '../budget.ts';

/** After an abort, how long the runs that are on may take to end, in real milliseconds. */
const graceMs = 1000;

/**
 * Calls `end` when the budget is spent, and `abandon` if it was aborted and {@link graceMs} are over; returns
 * how to prevent both.
 */
export function watchBudget(budget: Budget, end: () => void, abandon: () => void): () => void {
  const clock = new RealClock();
  const stop = budget.onSpent(() => {
    end();
    if (budget.spent() === 'aborted') clock.advanceTo(clock.now() + graceMs, abandon);
  });
  return () => {
    stop();
    clock.stopWaiting();
  };
}
