import type { SearchProgress } from '@timeloom/explore';
import { now } from './stopwatch.ts';

/** Least time between two updates, in milliseconds. */
const intervalMs = 100;

/** To the start of the line, and all of it gone. */
const eraseLine = '\r\u001B[K';

/** A line on a terminal that counts runs and what they came by, at most ten times a second. */
export interface Progress {
  readonly update: (runs: number, progress?: SearchProgress) => void;
  readonly erase: () => void;
}

/** @param write takes text for the terminal; null shows nothing. @param time real milliseconds. */
export function showProgress(write: ((text: string) => void) | null, time: () => number = now): Progress {
  const start = time();
  let last = start;
  let lastOrders = 0;
  let shown = false;
  const update = (runs: number, progress?: SearchProgress): void => {
    const at = time();
    if (write === null || at - last < intervalMs) return;
    last = at;
    shown = true;
    const parts = [`${runs} runs`, `${Math.round((runs * 1000) / (at - start))} schedules/s`];
    if (progress !== undefined) {
      parts.push(`${progress.orders} orders (${progress.orders - lastOrders} new)`);
      lastOrders = progress.orders;
      if (progress.failures > 0) parts.push(`${progress.failures} ${progress.failures === 1 ? 'failure' : 'failures'}`);
    }
    write(`${eraseLine}${parts.join(', ')}`);
  };
  const erase = (): void => {
    if (shown) write?.(eraseLine);
    shown = false;
  };
  return { update, erase };
}
