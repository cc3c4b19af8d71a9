import { timers } from '../realm.ts';

/** The longest delay that the host's timers know, in milliseconds. */
const longestDelay = 2 ** 31 - 1;

// The host's own, even after a takeover.
const { setTimeout, clearTimeout } = timers;

/**
 * A delay by Node's rule: whole milliseconds, and 1 for whatever is not from 1 to 2^31 - 1. The host
 * itself warns of delays that make no sense, in the words of its version.
 *
 * @throws TypeError if the host does, e.g. for a symbol.
 */
export function delayOf(delay: unknown): number {
  const ms = (delay as number) * 1;
  if (ms >= 1 && ms <= longestDelay) return Math.trunc(ms);
  if (delay !== undefined && !(ms >= 0 && ms < 1)) clearTimeout(setTimeout(() => {}, delay as number));
  return 1;
}
