import { checkLimit, show, type Instrument, type LimitOptions, type Reorder, type Scheduler } from '@timeloom/loop';
import { encodeToken, ScheduleFollower, ScheduleRecorder, type Schedule } from '@timeloom/trace';
import { execute, type Execution, type ExecutionOptions, type Program } from './execution.ts';
import { failureKey, type Outcome } from './outcome.ts';
import { shrink } from './shrink.ts';
import { makeStrategy } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';

export interface ExploreOptions extends LimitOptions {
  /** Most runs of the search, shrinking not counted; default 1,000. */
  readonly runs?: number | undefined;
  /** Equal seeds give equal searches; default 0. */
  readonly seed?: number | string | undefined;
  /** Name of a strategy, or one of your own; default `pct`. */
  readonly strategy?: string | Strategy | undefined;
  /** See StrategyOptions; default 3. */
  readonly depth?: number | undefined;
  /** What may be reordered; default `ready`. */
  readonly reorder?: Reorder | undefined;
  /** By how much timers may be late, in milliseconds; default 0. */
  readonly latenessMs?: number | undefined;
  /** False goes on after a failure and collects the different ones; default true. */
  readonly stopAtFirst?: boolean | undefined;
  /** Called after each run of the search with their number so far. */
  readonly onRun?: ((runs: number) => void) | undefined;
}

/** One way in which the program fails. */
export interface Failure {
  /** What makes it this failure: how the run ended, and the first line of what it said. */
  readonly key: string;
  readonly outcome: Outcome;
  /** The number of the first run that failed so, from 1. */
  readonly firstRun: number;
  /** How many runs failed so. */
  readonly count: number;
  /** The smallest schedule that was found to fail so. */
  readonly schedule: Schedule;
  /** Differences from FIFO of the first failing run, before shrinking. */
  readonly differencesBefore: number;
  /**
   * The schedule as a short string, for `replay`. Null if following the schedule did not fail in the
   * same way: the program is not deterministic (a wall clock, Math.random, unmarked real work, or
   * state that a run leaves behind for the next).
   */
  readonly token: string | null;
}

/** What a search came to. */
export interface Exploration {
  readonly passed: boolean;
  readonly runs: number;
  readonly failures: readonly Failure[];
  /** What was covered, and the bound of what may have been missed. */
  readonly coverage: string;
}

/**
 * Runs a program in many orders and looks for one in which it fails.
 *
 * @throws TypeError, RangeError for bad options, naming them. What the program does wrong is in the
 * result.
 */
export async function explore(program: Program, options: ExploreOptions = {}): Promise<Exploration> {
  if (typeof program !== 'function') throw new TypeError(`explore() expects a function, got ${show(program)}`);
  const { runs: mostRuns = 1000, seed = 0, depth = 3, stopAtFirst = true } = options;
  checkLimit('runs', mostRuns);
  const strategy =
    typeof options.strategy === 'object' ? options.strategy : makeStrategy(options.strategy ?? 'pct', { seed, depth });
  const search = new Search(program, options);
  const mostFailures = stopAtFirst ? 1 : Infinity;
  let runs = 0;
  while (runs < mostRuns && search.failures.size < mostFailures) {
    const scheduler = strategy.nextRun();
    if (scheduler === null) break;
    const recorder = new ScheduleRecorder(scheduler);
    const { outcome, steps } = await search.run(recorder, [scheduler]);
    runs++;
    strategy.runEnded({ choices: recorder.choices, steps, passed: outcome.kind === 'passed' });
    await search.learn(outcome, recorder, runs);
    options.onRun?.(runs);
  }
  const failures = [...search.failures.values()];
  return { passed: failures.length === 0, runs, failures, coverage: strategy.describeCoverage(runs) };
}

/** The failures of one program so far. */
class Search {
  readonly #program: Program;
  readonly #options: ExecutionOptions;
  readonly failures = new Map<string, Failure>();

  constructor(program: Program, options: ExploreOptions) {
    const { reorder, latenessMs, maxSteps = 100_000, maxStepsPerInstant = 10_000 } = options;
    this.#program = program;
    this.#options = { reorder, latenessMs, maxSteps, maxStepsPerInstant };
  }

  run(scheduler: Scheduler, instruments: readonly Instrument[] = []): Promise<Execution> {
    return execute(this.#program, scheduler, { ...this.#options, instruments });
  }

  async learn(outcome: Outcome, recorder: ScheduleRecorder, run: number): Promise<void> {
    const key = failureKey(outcome);
    if (key === null) return;
    const known = this.failures.get(key);
    const failure = known ?? (await this.#examine(key, outcome, recorder.schedule(), run));
    this.failures.set(key, { ...failure, count: failure.count + 1 });
  }

  /** Shrinks the first failure of its kind. */
  async #examine(key: string, outcome: Outcome, schedule: Schedule, firstRun: number): Promise<Failure> {
    const stillFails = async (candidate: Schedule): Promise<boolean> =>
      failureKey((await this.run(new ScheduleFollower(candidate))).outcome) === key;
    const common = { key, outcome, firstRun, count: 0, differencesBefore: schedule.differences.length };
    if (!(await stillFails(schedule))) return { ...common, schedule, token: null };
    const smallest = await shrink(schedule, stillFails);
    // Recorded once more: what is recorded has no difference that is never reached.
    const recorder = new ScheduleRecorder(new ScheduleFollower(smallest.schedule), { labels: true });
    await this.run(recorder);
    const tight = recorder.schedule();
    return { ...common, schedule: tight, token: encodeToken(tight, recorder.digest()) };
  }
}
