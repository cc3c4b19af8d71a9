import { ScheduleFollower, type Schedule } from '@timeloom/trace';
import type { RunScheduler, RunSummary, Strategy } from '../strategy.ts';

/**
 * One run, along a schedule that is known: that of a token, say, which is to be tried before a search, or
 * to be shrunk and explained again. Differences that do not fit the program are left out; `replay` refuses
 * them.
 *
 * @throws TypeError, RangeError if it is not a schedule.
 */
export function replayStrategy(schedule: Schedule): Strategy {
  return new Replay(schedule);
}

class Replay implements Strategy {
  readonly name = 'replay';
  readonly #run: ScheduleFollower;
  exhausted = false;

  constructor(schedule: Schedule) {
    this.#run = new ScheduleFollower(schedule);
  }

  nextRun(): RunScheduler | null {
    return this.exhausted ? null : this.#run;
  }

  runEnded(_run: RunSummary): void {
    this.exhausted = true;
  }

  describeCoverage(): string {
    return 'replay: 1 order';
  }
}
