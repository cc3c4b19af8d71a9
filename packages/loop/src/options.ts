import type { Clock } from './clock.ts';
import type { UncontrolledPolicy } from './external.ts';
import type { Instrument } from './instrument.ts';
import type { LimitOptions } from './limits.ts';
import type { Pump } from './pump.ts';
import type { Scheduler } from './scheduler.ts';

/** Options of an EventLoop. */
export interface EventLoopOptions extends LimitOptions {
  /** What tells the time; default: a new RealClock. */
  readonly clock?: Clock | undefined;
  /** What picks among ready handles; default: first in, first out. */
  readonly scheduler?: Scheduler | undefined;
  readonly instruments?: readonly Instrument[] | undefined;
  /** Seed of {@link EventLoop.random}; default 0. */
  readonly seed?: number | string | undefined;
  /** Timers closer together than this run in one turn, in milliseconds; default 1e-6 (1 ns). */
  readonly resolutionMs?: number | undefined;
  /** What a callback from a source that nobody marked does; default `warn` on a virtual clock, else `allow`. */
  readonly uncontrolled?: UncontrolledPolicy | undefined;
  readonly pump?: Pump | undefined;
}
