import type { TimerHandle } from '@timeloom/loop';
import type { Resolve } from './waiter.ts';

/** Makes promises that are to have the prototype of timers, which whoever extends it gives them. */
export const PromisedTimer = Promise as unknown as new (executor: (resolve: Resolve) => void) => TimerHandle;

/** The function that resolves the promise made last: an executor for each would be one more closure. */
export let lastResolve: Resolve;
/** The executor. */
export const takeResolve = (resolve: Resolve): void => {
  lastResolve = resolve;
};
