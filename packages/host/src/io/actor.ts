import { process } from '../realm.ts';
import type { IoOperation } from './operation.ts';

/** Something that runs beside this program. */
export interface Actor {
  readonly operation: IoOperation;
  /** True if the clock has to wait for it now; `isLast` if nothing else is left to wait for. */
  inFlight(quietMs: number, isLast: boolean): boolean;
}

/** True if a port keeps the program alive: it waits for a thread or process, though that is unref'd itself, as those of pools are. */
export const aPortIsReferenced = (): boolean => process.getActiveResourcesInfo().includes('MessagePort');
