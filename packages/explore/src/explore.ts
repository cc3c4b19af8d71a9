import { checkLimit, show, type LimitOptions, type Reorder } from '@timeloom/loop';
import { ScheduleRecorder } from '@timeloom/trace';
import { Failures, type Failure } from './failures.ts';
import { execute, type ExecutionOptions, type Program } from './execution.ts';
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
  const { reorder, latenessMs, maxSteps = 100_000, maxStepsPerInstant = 10_000 } = options;
  const execution: ExecutionOptions = { reorder, latenessMs, maxSteps, maxStepsPerInstant };
  const failures = new Failures(program, execution);
  const mostFailures = stopAtFirst ? 1 : Infinity;
  let runs = 0;
  while (runs < mostRuns && failures.size < mostFailures) {
    const scheduler = strategy.nextRun();
    if (scheduler === null) break;
    const recorder = new ScheduleRecorder(scheduler);
    const { outcome, steps } = await execute(program, recorder, { ...execution, instruments: [scheduler] });
    runs++;
    strategy.runEnded({ choices: recorder.choices, steps, passed: outcome.kind === 'passed' });
    await failures.learn(outcome, recorder, runs);
    options.onRun?.(runs);
  }
  const coverage = strategy.describeCoverage(runs);
  return { passed: failures.size === 0, runs, failures: failures.all(), coverage };
}
