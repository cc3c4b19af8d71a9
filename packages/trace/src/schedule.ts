/**
 * A Schedule: all choices of a run, kept as differences from first in, first out.
 *
 *     schedule   = difference*            in order of `at`, then of `option`
 *     difference = hold | take
 *     hold       = at option until        at a choice of a handle; until > at; one or more a point
 *     take       = at option              at a choice of a latency or a value; option > 0; one a point
 *
 * The choice points of a run are numbered from 0 in the order in which the Scheduler is asked. To
 * follow a schedule:
 *
 *  - At a choice of a handle, each hold of this point holds the handle behind its option back, until
 *    the point `until`. Then the first option that is not held runs. If all are held, the one whose
 *    hold ends first runs; if several end first, the first of them.
 *  - At a choice of a latency or a value, the option of the take is taken; 0 without one.
 *
 * The empty schedule is FIFO. One hold lets any number of steps go first, and it still means the same
 * when another difference is taken away: that is why it is not the option of each choice that is kept.
 */

/** At choice point `at`, the handle behind `option` is held back; from choice point `until` on it may run. */
export interface Hold {
  readonly kind: 'hold';
  readonly at: number;
  readonly option: number;
  readonly until: number;
}

/** At choice point `at`, the latency or value of `option` is taken. */
export interface Take {
  readonly kind: 'take';
  readonly at: number;
  readonly option: number;
}

/** What is not as in FIFO. */
export type Difference = Hold | Take;

/** All choices of a run. */
export interface Schedule {
  readonly differences: readonly Difference[];
}

/** The greatest number that may stand in a schedule: 2^31 - 1. */
export const greatestNumber: number = 2 ** 31 - 1;

/** True if `difference` may stand right behind `previous`. */
export function inOrder(previous: Difference | undefined, { at, kind, option }: Difference): boolean {
  if (previous === undefined || previous.at < at) return true;
  return previous.at === at && previous.kind === 'hold' && kind === 'hold' && previous.option < option;
}

/**
 * Checks what the grammar asks for.
 *
 * @throws TypeError, RangeError naming the difference and its field.
 */
export function checkSchedule(schedule: Schedule): void {
  const differences: unknown = schedule?.differences;
  if (!Array.isArray(differences)) {
    throw new TypeError(`schedule.differences must be an array, got ${typeof differences}`);
  }
  for (const [index, difference] of schedule.differences.entries()) {
    checkDifference(`differences[${index}]`, difference);
    if (inOrder(schedule.differences[index - 1], difference)) continue;
    throw new RangeError(
      `differences must be in order of at, then of option, and a take alone at its point: ` +
        `differences[${index}] (at ${difference.at}) must not follow differences[${index - 1}]`,
    );
  }
}

function checkDifference(name: string, difference: Difference): void {
  const kind: unknown = difference?.kind;
  if (kind !== 'hold' && kind !== 'take') throw new RangeError(`${name}.kind must be "hold" or "take", got ${kind}`);
  const { at, option } = difference;
  checkNumber(`${name}.at`, at, 0);
  checkNumber(`${name}.option`, option, kind === 'hold' ? 0 : 1);
  if (difference.kind === 'hold') checkNumber(`${name}.until`, difference.until, at + 1);
}

function checkNumber(field: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= greatestNumber) return;
  throw new RangeError(`${field} must be a whole number from ${least} to ${greatestNumber}, got ${value}`);
}
