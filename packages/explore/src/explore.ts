import { checkLimit, show } from '@timeloom/loop';
import { ScheduleRecorder, TapeFollower, TapeRecorder } from '@timeloom/trace';
import { Failures, type Failure } from './failures.ts';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { failureKey } from './outcome.ts';
import { makeStrategy } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';

export interface ExploreOptions extends Omit<ExecutionOptions, 'instruments' | 'awaitSites'> {
  /** Most runs of the search, shrinking not counted; default 1,000. */
  readonly runs?: number | undefined;
  /** Equal seeds give equal searches; default 0. */
  readonly seed?: number | string | undefined;
  /** Name of a strategy, or one of your own; default `pct`. */
  readonly strategy?: string | Strategy | undefined;
  /** See StrategyOptions; default 3. */
  readonly depth?: number | undefined;
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
export async function explore(program: Program | ProgramSource, options: ExploreOptions = {}): Promise<Exploration> {
  checkProgram(program);
  const { runs: mostRuns = 1000, seed = 0, depth = 3, stopAtFirst = true } = options;
  checkLimit('runs', mostRuns);
  const strategy =
    typeof options.strategy === 'object' ? options.strategy : makeStrategy(options.strategy ?? 'pct', { seed, depth });
  const execution = executionOptions(options);
  const failures = new Failures(program, execution);
  const mostFailures = stopAtFirst ? 1 : Infinity;
  let runs = 0;
  while (runs < mostRuns && failures.size < mostFailures) {
    const scheduler = strategy.nextRun();
    if (scheduler === null) break;
    const tape = new TapeRecorder(scheduler);
    const { outcome, steps } = await execute(program, tape, { ...execution, instruments: [scheduler] });
    runs++;
    strategy.runEnded({ choices: tape.choices, steps, passed: outcome.kind === 'passed' });
    if (failureKey(outcome) !== null) {
      // What was passed over is recorded for a failure only: it costs as much as there are options.
      const recorder = new ScheduleRecorder(new TapeFollower(tape.tape));
      if (!failures.has(outcome)) await execute(program, recorder, execution);
      await failures.learn(outcome, recorder, runs);
    }
    options.onRun?.(runs);
  }
  const coverage = strategy.describeCoverage(runs);
  return { passed: failures.size === 0, runs, failures: failures.all(), coverage };
}

function checkProgram(program: Program | ProgramSource): void {
  if (typeof program === 'function' || typeof program?.load === 'function') return;
  throw new TypeError(`explore() expects a function, or an object with load(), got ${show(program)}`);
}

function executionOptions(options: ExploreOptions): ExecutionOptions {
  const { reorder, latenessMs, runAheadMs, prepare, maxSteps = 100_000, maxStepsPerInstant = 10_000 } = options;
  return { reorder, latenessMs, runAheadMs, prepare, maxSteps, maxStepsPerInstant };
}
