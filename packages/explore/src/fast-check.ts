import { AsyncioEventLoop, VirtualClock } from '@timeloom/asyncio';
import { checkFunction, show, type ChoicePoint, type LimitOptions, type Reorder, type Scheduler } from '@timeloom/loop';
import { encodeToken, ScheduleFollower, ScheduleRecorder, type Difference } from '@timeloom/trace';
import * as fc from 'fast-check';
import { execute, type ExecutionOptions, type Program } from './execution.ts';
import { searchLimits } from './limits.ts';

export interface SchedulesOptions extends LimitOptions {
  /** What may be reordered; default `ready`. */
  readonly reorder?: Reorder | undefined;
  /** By how much timers may be late, in milliseconds; default 0. */
  readonly latenessMs?: number | undefined;
  /** By how much time may run ahead of a pending operation, in milliseconds; default 1,000. */
  readonly runAheadMs?: number | undefined;
  /** Most differences from FIFO that are drawn for a run, 1 to 1,000; default 4. */
  readonly maxDifferences?: number | undefined;
}

/** A schedule that fast-check drew. As a string it is the differences of its last run, and their token. */
export interface DrawnSchedule {
  /**
   * Runs a program once along the schedule. Differences that do not fit the program are left out.
   *
   * @throws what the program does, or a DeadlockError, LivelockError or StepLimitError.
   */
  run(program: Program): Promise<void>;
}

/**
 * Schedules for the properties of fast-check. The smallest is FIFO, to which they shrink together
 * with the data.
 *
 * @throws TypeError, RangeError for bad options, naming them.
 */
export function schedules(options: SchedulesOptions = {}): fc.Arbitrary<DrawnSchedule> {
  const { reorder, latenessMs, runAheadMs, maxDifferences = 4 } = options;
  const { maxSteps = searchLimits.maxSteps, maxStepsPerInstant = searchLimits.maxStepsPerInstant } = options;
  const execution = { reorder, latenessMs, runAheadMs, maxSteps, maxStepsPerInstant };
  // The loop checks its own options, before the first run.
  new AsyncioEventLoop({ ...execution, clock: new VirtualClock() }).close();
  if (!Number.isInteger(maxDifferences) || maxDifferences < 1 || maxDifferences > 1000) {
    throw new RangeError(`maxDifferences must be a whole number from 1 to 1000, got ${show(maxDifferences)}`);
  }
  return fc
    .array(fc.oneof({ weight: 3, arbitrary: holds }, { weight: 1, arbitrary: takes }), {
      maxLength: maxDifferences,
      size: 'max',
    })
    .map((drawn) => new FastCheckSchedule(normalise(drawn), execution));
}

/** Whole numbers from `least` on, of any order of magnitude: how long the program is, nobody knows yet. */
function numbers(least: number, ...spans: readonly number[]): fc.Arbitrary<number> {
  return fc.oneof(...spans.map((span) => fc.integer({ min: least, max: least + span })));
}

const places = numbers(0, 3, 15, 63, 1023);

const holds = fc
  .record({ at: places, option: numbers(0, 1, 7), length: numbers(1, 3, 15, 1023) })
  .map(({ at, option, length }): Difference => ({ kind: 'hold', at, option, until: at + length }));

const takes = fc
  .record({ at: places, option: numbers(1, 1, 14, 65_534) })
  .map(({ at, option }): Difference => ({ kind: 'take', at, option }));

/** The differences that may stand in one schedule, in its order: of those that exclude each other, the first. */
function normalise(drawn: readonly Difference[]): readonly Difference[] {
  const kept: Difference[] = [];
  for (const difference of drawn.toSorted((a, b) => a.at - b.at || a.option - b.option)) {
    const previous = kept.at(-1);
    const bothHold = previous?.kind === 'hold' && difference.kind === 'hold';
    const apart = previous?.at !== difference.at || (bothHold && previous.option !== difference.option);
    if (apart) kept.push(difference);
  }
  return kept;
}

class FastCheckSchedule implements DrawnSchedule {
  readonly #drawn: readonly Difference[];
  readonly #options: ExecutionOptions;
  #lastRun: LabelledRun | null = null;

  constructor(drawn: readonly Difference[], options: ExecutionOptions) {
    this.#drawn = drawn;
    this.#options = options;
  }

  async run(program: Program): Promise<void> {
    checkFunction('run()', program);
    const scheduler = new LabelledRun(new ScheduleFollower({ differences: this.#drawn }));
    this.#lastRun = scheduler;
    const { outcome } = await execute(program, scheduler, this.#options);
    if (outcome.kind !== 'passed') throw outcome.error;
  }

  /** Fast-check tries one schedule with several data: each gets its own, which remembers its own run. */
  [fc.cloneMethod](): FastCheckSchedule {
    return new FastCheckSchedule(this.#drawn, this.#options);
  }

  [fc.toStringMethod](): string {
    return this.toString();
  }

  toString(): string {
    return this.#lastRun === null ? `schedule of ${this.#drawn.length} differences, not run` : this.#lastRun.toString();
  }
}

/** Records a run, and what its differences are called. */
class LabelledRun implements Scheduler {
  readonly #recorder: ScheduleRecorder;
  /** By choice point and option. */
  readonly #labels = new Map<string, string>();

  constructor(scheduler: Scheduler) {
    this.#recorder = new ScheduleRecorder(scheduler, { labels: true });
  }

  choose(point: ChoicePoint): number {
    const at = this.#recorder.choices;
    const chosen = this.#recorder.choose(point);
    const first = point.kind === 'handle' ? 0 : chosen;
    const end = point.kind === 'handle' || chosen === 0 ? chosen : chosen + 1;
    for (let option = first; option < end; option++) this.#labels.set(`${at}/${option}`, point.labelOf(option));
    return chosen;
  }

  toString(): string {
    const schedule = this.#recorder.schedule();
    const lines = schedule.differences.map((difference) => {
      const { kind, at, option } = difference;
      const label = show(this.#labels.get(`${at}/${option}`));
      return kind === 'take' ? `take ${label} at ${at}` : `hold ${label} from ${at} until ${difference.until}`;
    });
    const token = encodeToken(schedule, this.#recorder.digest());
    return `schedule: ${lines.length === 0 ? 'first in, first out' : lines.join(', ')}; token ${token}`;
  }
}
