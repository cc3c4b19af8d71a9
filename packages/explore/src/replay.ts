import { show } from '@timeloom/loop';
import { decodeToken, ScheduleFollower, ScheduleRecorder } from '@timeloom/trace';
import { ReplayDivergedError } from './errors.ts';
import { execute, type Execution, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';

/**
 * Runs a program along the schedule of a token. Give the options of the search that found it.
 *
 * @throws TokenError if the token cannot be read; ReplayDivergedError if it belongs to another
 * program or to another version of this one. What the program does wrong is in the result.
 */
export async function replay(
  program: Program | ProgramSource,
  token: string,
  options: ExecutionOptions = {},
): Promise<Execution> {
  if (typeof program !== 'function' && typeof program?.load !== 'function') {
    throw new TypeError(`replay() expects a function, or an object with load(), got ${show(program)}`);
  }
  const { schedule, digest } = decodeToken(token);
  const follower = new ScheduleFollower(schedule);
  const recorder = new ScheduleRecorder(follower, { labels: true });
  const execution = await execute(program, recorder, options);
  if (recorder.digest() !== digest) throw new ReplayDivergedError(whereItDiverged(follower), execution);
  return execution;
}

function whereItDiverged({ diverged, remaining }: ScheduleFollower): string {
  if (diverged !== null)
    return `at choice ${diverged.at} ${diverged.expected} was expected, and ${diverged.found} found`;
  if (remaining > 0) return `it ended before ${remaining} of the recorded differences from FIFO were reached`;
  return 'its steps have other labels than the recorded ones';
}
