import { VirtualClock, type Advance } from '@timeloom/loop';

/**
 * The clock of a whole process. A loop that has nothing to do is no deadlock there: the process may be
 * at its end, or wait for something real.
 */
export class IdleClock extends VirtualClock {
  override advanceTo(deadline: number): Advance {
    return deadline === Infinity ? 'waiting' : super.advanceTo(deadline);
  }
}
