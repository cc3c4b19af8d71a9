import type { HostOptions } from '@timeloom/host';
import type { PlanOptions } from '@timeloom/explore';
import { checkLimit, checkMs, show, type LimitOptions } from '@timeloom/loop';

/** Options of a search; see `explore` of @timeloom/explore, which makes it. */
export type SearchOptions = Pick<
  PlanOptions,
  | 'runs'
  | 'strategy'
  | 'depth'
  | 'reorder'
  | 'latenessMs'
  | 'runAheadMs'
  | 'stopAtFirst'
  | 'uncontrolled'
  | 'nondeterminism'
> & {
  /**
   * Most real time that a search takes, in milliseconds; default Infinity. vitest's own time limit for
   * the test holds as well.
   */
  readonly timeoutMs?: number | undefined;
};

/** What a test in virtual time may leave behind: nothing, anything, or what has one of these texts in its name. */
export type LeakPolicy = 'error' | 'allow' | readonly string[];

/** Options of tests in virtual time. Given for a test, a file, or all: the nearest one counts. */
export interface TimeloomOptions extends LimitOptions {
  /** Seed of `Math.random`, `crypto` and the loop in a test, and of a search; default 0. */
  readonly seed?: number | string | undefined;
  /** What `Date.now()` gives when a test begins; see HostOptions. Default: the year 2000. */
  readonly now?: HostOptions['now'];
  /**
   * What happens when a test that passed leaves timers, immediates or tasks behind. Default `error`;
   * `allow` for tests that are not this package's and run in virtual time by its runner.
   */
  readonly leaks?: LeakPolicy | undefined;
  /** Defaults of `test.explore`. */
  readonly explore?: SearchOptions | undefined;
}

/** What one try of a test needs to know. */
export type TrySettings = Pick<TimeloomOptions, 'seed' | 'now' | 'maxSteps' | 'maxStepsPerInstant'> & {
  readonly leaks: LeakPolicy;
};

/** The names of {@link TimeloomOptions}. */
export const optionNames: readonly string[] = ['seed', 'now', 'leaks', 'explore', 'maxSteps', 'maxStepsPerInstant'];

/** @throws TypeError, RangeError on an option that is unknown, or of the wrong type or range, naming it. */
export function checkTimeloomOptions(
  place: string,
  options: TimeloomOptions,
  names: readonly string[] = optionNames,
): TimeloomOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${place} must be an object of options, got ${show(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`${place} takes ${names.join(', ')}, got ${show(name)}`);
  }
  const where = place === 'options' ? '' : `${place}.`;
  const { seed, now, leaks, maxSteps, maxStepsPerInstant } = options;
  if (seed !== undefined && typeof seed !== 'number' && typeof seed !== 'string') {
    throw new TypeError(`${where}seed must be a number or a string, got ${show(seed)}`);
  }
  if (now !== undefined) checkMs(`${where}now`, now instanceof Date ? now.getTime() : now);
  if (leaks !== undefined) checkLeaks(`${where}leaks`, leaks);
  if (maxSteps !== undefined) checkLimit(`${where}maxSteps`, maxSteps);
  if (maxStepsPerInstant !== undefined) checkLimit(`${where}maxStepsPerInstant`, maxStepsPerInstant);
  return options;
}

function checkLeaks(parameter: string, leaks: LeakPolicy): void {
  if (leaks === 'error' || leaks === 'allow') return;
  if (Array.isArray(leaks) && leaks.every((one) => typeof one === 'string' && one !== '')) return;
  throw new TypeError(`${parameter} must be 'error', 'allow' or an array of names, got ${show(leaks)}`);
}
