import { show } from '@timeloom/loop';
import { decodeToken, ScheduleRecorder, type Schedule } from '@timeloom/trace';
import { ReplayDivergedError } from './errors.ts';
import type { Execution, ExecutionOptions, Program, ProgramSource } from './execution.ts';
import { searchLimits } from './limits.ts';
import { isProgram } from './program-module.ts';
import { explainRun } from './report/explain.ts';
import type { ExplainedRun, Swap } from './report/explanation.ts';
import type { RunObserver } from './report/run-observer.ts';

/** A run along the schedule of a token. */
export interface Replay extends Execution {
  readonly schedule: Schedule;
  /** The run step by step. */
  readonly run: ExplainedRun;
  /** What each difference of the schedule did. */
  readonly swaps: readonly Swap[];
}

/**
 * Runs a program along the schedule of a token. Give the options of the search that found it; its
 * limits are the default.
 *
 * @throws TokenError if the token cannot be read; ReplayDivergedError if it belongs to another
 * program or to another version of this one. What the program does wrong is in the result.
 */
export async function replay(
  program: Program | ProgramSource,
  token: string,
  options: ExecutionOptions = {},
): Promise<Replay> {
  if (!isProgram(program)) {
    throw new TypeError(`replay() expects a function, or an object with load(), got ${show(program)}`);
  }
  const { schedule, digest } = decodeToken(token);
  let recorder!: ScheduleRecorder;
  let observer!: RunObserver;
  const around = (seen: RunObserver): ScheduleRecorder => {
    observer = seen;
    recorder = new ScheduleRecorder(seen, { labels: true });
    return recorder;
  };
  const { execution, run, swaps } = await explainRun(program, schedule, withLimits(options), { around });
  if (recorder.digest() !== digest) throw new ReplayDivergedError(whereItDiverged(observer), execution);
  return { ...execution, schedule, run, swaps };
}

function withLimits(options: ExecutionOptions): ExecutionOptions {
  const { maxSteps = searchLimits.maxSteps, maxStepsPerInstant = searchLimits.maxStepsPerInstant } = options;
  return { ...options, maxSteps, maxStepsPerInstant };
}

function whereItDiverged({ diverged, remaining }: RunObserver): string {
  if (diverged !== null)
    return `at choice ${diverged.at} ${diverged.expected} was expected, and ${diverged.found} found`;
  if (remaining > 0) return `it ended before ${remaining} of the recorded differences from FIFO were reached`;
  return 'its steps have other labels than the recorded ones';
}
