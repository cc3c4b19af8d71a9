import type { Strategy } from '@timeloom/explore';
import { ScheduleFollower, type Schedule } from '@timeloom/trace';

/** A search of one run: along a schedule that was kept. What it finds is explained as by any other. */
export function alongSchedule(schedule: Schedule): Strategy {
  let next: ScheduleFollower | null = new ScheduleFollower(schedule);
  return {
    name: 'kept schedule',
    nextRun() {
      const run = next;
      next = null;
      return run;
    },
    runEnded() {},
    describeCoverage: () => 'a kept schedule, which is tried first',
  };
}
