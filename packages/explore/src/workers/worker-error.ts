import { TimeloomError } from '@timeloom/loop';
import type { Exploration } from '../exploration.ts';

/** A worker could not go on: it ended, it hangs, or the program could not be loaded there. */
export class WorkerError extends TimeloomError {
  /** Why it could not. */
  readonly reason: string;
  /** The number of the run that it was at, from 1; null before the first. */
  readonly run: number | null;
  /** What the search came to all the same; null if there is nothing of it. */
  readonly exploration: Exploration | null;

  constructor(reason: string, run: number | null, exploration: Exploration | null, cause: unknown) {
    const where = run === null ? 'before its first run' : `in run ${run}`;
    super('TIMELOOM_WORKER', `A worker could not go on ${where}: ${reason}`, { cause });
    this.reason = reason;
    this.run = run;
    this.exploration = exploration;
  }
}
