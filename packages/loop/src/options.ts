import { checkMs } from './check.ts';
import type { Clock } from './clock.ts';
import type { UncontrolledPolicy } from './external.ts';
import type { Instrument } from './instrument.ts';
import type { LimitOptions } from './limits.ts';
import type { Pump } from './pump.ts';
import { reorderModes, type Reorder, type Scheduler } from './scheduler.ts';

/** Options of an EventLoop. */
export interface EventLoopOptions extends LimitOptions {
  /** What tells the time; default: a new RealClock. */
  readonly clock?: Clock | undefined;
  /** What picks among ready handles; default: first in, first out. */
  readonly scheduler?: Scheduler | undefined;
  /** Which handles a scheduler may pick from; default `ready`. Without a scheduler it means nothing. */
  readonly reorder?: Reorder | undefined;
  /**
   * By how many milliseconds a scheduler may let timers fire late, so that near deadlines can swap:
   * hosts promise no more than "not early". Default 0.
   */
  readonly latenessMs?: number | undefined;
  /**
   * By how many milliseconds a scheduler may let time run ahead of an operation that is pending; see
   * {@link EventLoop.startOperation}. Bounded, because intervals would starve operations and every
   * timeout would be a false alarm. Default 1,000.
   */
  readonly runAheadMs?: number | undefined;
  readonly instruments?: readonly Instrument[] | undefined;
  /** Seed of {@link EventLoop.random}; default 0. */
  readonly seed?: number | string | undefined;
  /** Timers closer together than this run in one turn, in milliseconds; default 1e-6 (1 ns). */
  readonly resolutionMs?: number | undefined;
  /** What a callback from a source that nobody marked does; default `warn` on a virtual clock, else `allow`. */
  readonly uncontrolled?: UncontrolledPolicy | undefined;
  readonly pump?: Pump | undefined;
}

/** Options about time and order, with their defaults. */
export interface ChoiceOptions {
  readonly resolutionMs: number;
  readonly reorder: Reorder;
  readonly latenessMs: number;
  readonly runAheadMs: number;
}

/** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
export function checkChoiceOptions(options: EventLoopOptions): ChoiceOptions {
  const { resolutionMs = 1e-6, reorder = 'ready', latenessMs = 0, runAheadMs = 1000 } = options;
  checkMs('resolutionMs', resolutionMs);
  checkMs('latenessMs', latenessMs);
  if (latenessMs < 0) throw new RangeError(`latenessMs must be at least 0, got ${latenessMs}`);
  if (runAheadMs !== Infinity) checkMs('runAheadMs', runAheadMs);
  if (runAheadMs < 0) throw new RangeError(`runAheadMs must be at least 0, got ${runAheadMs}`);
  if (!reorderModes.includes(reorder)) {
    throw new TypeError(`reorder must be 'ties', 'ready' or 'free', got ${String(reorder)}`);
  }
  return { resolutionMs, reorder, latenessMs, runAheadMs };
}
