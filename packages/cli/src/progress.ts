import { now } from './stopwatch.ts';

/** Least time between two updates, in milliseconds. */
const intervalMs = 100;

/** To the start of the line, and all of it gone. */
const eraseLine = '\r\u001B[K';

/** A line on a terminal that counts runs, at most ten times a second. */
export interface Progress {
  readonly update: (runs: number) => void;
  readonly erase: () => void;
}

/** @param write takes text for the terminal; null shows nothing. @param time real milliseconds. */
export function showProgress(write: ((text: string) => void) | null, time: () => number = now): Progress {
  const start = time();
  let last = start;
  let shown = false;
  const update = (runs: number): void => {
    const at = time();
    if (write === null || at - last < intervalMs) return;
    last = at;
    shown = true;
    write(`${eraseLine}${runs} runs, ${Math.round((runs * 1000) / (at - start))} schedules/s`);
  };
  const erase = (): void => {
    if (shown) write?.(eraseLine);
    shown = false;
  };
  return { update, erase };
}
