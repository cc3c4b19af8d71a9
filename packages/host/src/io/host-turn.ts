import { nodePerformance } from '../realm.ts';

/** The real clock and the turns of the host's own event loop, taken when this file is imported. */
const { clearTimeout, performance, setImmediate, setTimeout } = globalThis;
const performanceNow = performance.now.bind(performance);
// The types of the oldest Node that we support lack it.
const { nodeTiming } = nodePerformance as unknown as {
  readonly nodeTiming: { readonly uvMetricsInfo: { readonly events: number } };
};

/** Real milliseconds since some fixed moment. */
export function realNow(): number {
  return performanceNow();
}

/**
 * Calls back once the host has delivered something: I/O, a message, a timer. Until then the host
 * sleeps: an immediate without a reference runs after the poll for I/O and does not cut it short.
 */
export function afterNextDelivery(callback: () => void): void {
  setImmediate(callback).unref();
}

/** Calls back once the host has looked for I/O, whether there is any or not. */
export function afterNextPoll(callback: () => void): void {
  setImmediate(callback);
}

/** How many things the host's loop in this thread has delivered so far: I/O, messages, ends of work of other threads. */
export function deliveredByHost(): number {
  return nodeTiming.uvMetricsInfo.events;
}

const longestTimeout = 2 ** 31 - 1;

/** Calls back in about `ms` real milliseconds, unless that is prevented. */
export function realTimer(callback: () => void, ms: number, keepsAlive = false): () => void {
  const timer = setTimeout(callback, Math.min(Math.max(Math.ceil(ms), 1), longestTimeout));
  if (!keepsAlive) timer.unref();
  return () => clearTimeout(timer);
}
