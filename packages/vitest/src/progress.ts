import type { SearchProgress } from '@timeloom/explore';
import { RealClock } from '@timeloom/loop';
import type { SearchProgressMeta } from './meta.ts';
import { sendMeta } from './vitest-worker.ts';
import type { Test } from './vitest-internals.ts';

/** Least real time between two reports, in milliseconds. */
const intervalMs = 200;

const clock = new RealClock();

/** Tells reporters how far the search of a test is, now and then. */
export function progressOf(test: Test): (runs: number, progress?: SearchProgress) => void {
  const start = clock.now();
  let last = start;
  return (runs, progress) => {
    const now = clock.now();
    if (now - last < intervalMs) return;
    last = now;
    const perSecond = Math.round((runs * 1000) / (now - start));
    const searching: SearchProgressMeta = { runs, perSecond, orders: progress?.orders ?? 0 };
    sendMeta(test, { ...test.meta, timeloom: { ...test.meta.timeloom, searching } });
  };
}
