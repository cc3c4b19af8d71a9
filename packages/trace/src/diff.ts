import type { TraceEvent } from './event.ts';

/** Where two traces part. All events before it are equal. */
export interface TraceDifference {
  /** Index of the first event that is not the same in both, from 0. */
  readonly index: number;
  /** What the first trace has there; null if it ended. */
  readonly expected: TraceEvent | null;
  /** What the second trace has there; null if it ended. */
  readonly found: TraceEvent | null;
}

/** The first event in which two traces are not the same, to the last bit of its time; null if there is none. */
export function firstDifference(expected: readonly TraceEvent[], found: readonly TraceEvent[]): TraceDifference | null {
  const common = Math.min(expected.length, found.length);
  let index = 0;
  while (index < common && sameEvent(expected[index]!, found[index]!)) index++;
  if (index === expected.length && index === found.length) return null;
  return { index, expected: expected[index] ?? null, found: found[index] ?? null };
}

function sameEvent(one: TraceEvent, other: TraceEvent): boolean {
  if (one.kind !== other.kind) return false;
  const others = other as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(one).every(([field, value]) => Object.is(value, others[field]));
}
