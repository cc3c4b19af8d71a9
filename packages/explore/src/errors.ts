import { TimeloomError } from '@timeloom/loop';
import type { Execution } from './execution.ts';

/** A token was replayed on a program that does not take the steps that it was recorded from. */
export class ReplayDivergedError extends TimeloomError {
  /** What the run came to all the same. */
  readonly execution: Execution;

  constructor(where: string, execution: Execution) {
    super(
      'TIMELOOM_REPLAY_DIVERGED',
      `Replay diverged: this run is not the one that the token was made from: ${where}. Is it another program, ` +
        'another version of it, or another reorder option? Search again for a new token.',
    );
    this.execution = execution;
  }
}
