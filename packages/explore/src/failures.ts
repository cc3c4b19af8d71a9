import { encodeToken, ScheduleFollower, ScheduleRecorder, type Schedule } from '@timeloom/trace';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { failureKey, type Outcome } from './outcome.ts';
import { shrink } from './shrink.ts';

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

/** The failures of one program so far. */
export class Failures {
  readonly #program: Program | ProgramSource;
  readonly #options: ExecutionOptions;
  readonly #byKey = new Map<string, Failure>();

  constructor(program: Program | ProgramSource, options: ExecutionOptions) {
    this.#program = program;
    this.#options = options;
  }

  /** How many different ones. */
  get size(): number {
    return this.#byKey.size;
  }

  /** True if a run failed in the same way before. */
  has(outcome: Outcome): boolean {
    return this.#byKey.has(failureKey(outcome) ?? '');
  }

  all(): readonly Failure[] {
    return [...this.#byKey.values()];
  }

  async learn(outcome: Outcome, recorder: ScheduleRecorder, run: number): Promise<void> {
    const key = failureKey(outcome);
    if (key === null) return;
    const known = this.#byKey.get(key);
    const failure = known ?? (await this.#examine(key, outcome, recorder.schedule(), run));
    this.#byKey.set(key, { ...failure, count: failure.count + 1 });
  }

  /** Shrinks the first failure of its kind. */
  async #examine(key: string, outcome: Outcome, schedule: Schedule, firstRun: number): Promise<Failure> {
    const stillFails = async (candidate: Schedule): Promise<boolean> =>
      failureKey((await execute(this.#program, new ScheduleFollower(candidate), this.#options)).outcome) === key;
    const common = { key, outcome, firstRun, count: 0, differencesBefore: schedule.differences.length };
    if (!(await stillFails(schedule))) return { ...common, schedule, token: null };
    const smallest = await shrink(schedule, stillFails);
    // Recorded once more: what is recorded has no difference that is never reached.
    const recorder = new ScheduleRecorder(new ScheduleFollower(smallest.schedule), { labels: true });
    await execute(this.#program, recorder, this.#options);
    const tight = recorder.schedule();
    return { ...common, schedule: tight, token: encodeToken(tight, recorder.digest()) };
  }
}
