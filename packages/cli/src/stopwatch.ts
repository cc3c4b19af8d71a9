import { RealClock } from '@timeloom/loop';

// The loop's binding to the host was made before anybody replaced the host's clocks.
const clock = new RealClock();

/** Real time, in milliseconds. The one file of this package that looks at a clock. */
export function now(): number {
  return clock.now();
}
