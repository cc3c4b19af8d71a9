import { checkMs } from './check.ts';
import { hostNow, hostTimer } from './host-binding.ts';

/**
 * How an attempt to reach a deadline ended: the time is there; it is not and `wake` will be called;
 * or it will never be, because nobody has anything left to do.
 */
export type Advance = 'reached' | 'waiting' | 'never';

/** What tells a loop the time. Only a loop that has nothing ready asks a clock to advance. */
export interface Clock {
  /** True if time jumps. A virtual clock waits for work in flight and diagnoses deadlocks. */
  readonly virtual: boolean;
  /** The time, in milliseconds. Never goes back. */
  now(): number;
  /** Tries to reach `deadline`; Infinity if the loop has no timer. `wake` is called at most once. */
  advanceTo(deadline: number, wake: () => void): Advance;
  /** Forgets the `wake` of the last `advanceTo`. */
  stopWaiting(): void;
  /** A run of a loop on this clock began. */
  enter?(): void;
  /** The run ended. */
  leave?(): void;
}

/** Jumps to the next deadline as soon as nothing is ready. */
export class VirtualClock implements Clock {
  readonly virtual = true;
  #now: number;

  /**
   * @param startMs the time at the start, in milliseconds; default 0.
   * @throws TypeError, RangeError if it is not a finite number.
   */
  constructor(startMs = 0) {
    checkMs('startMs', startMs);
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  advanceTo(deadline: number): Advance {
    if (deadline === Infinity) return 'never';
    // The deadline itself and not a sum, so that floating point loses nothing.
    if (deadline > this.#now) this.#now = deadline;
    return 'reached';
  }

  stopWaiting(): void {}

  /**
   * Lets `ms` milliseconds pass inside a step, as code that blocks the thread would.
   *
   * @throws TypeError, RangeError if `ms` is not a finite number of at least 0.
   */
  block(ms: number): void {
    checkMs('ms', ms);
    if (ms < 0) throw new RangeError(`ms must be at least 0, got ${ms}: time never goes back`);
    this.#now += ms;
  }
}

/** Waits. Its time is the host's monotonic clock. */
export class RealClock implements Clock {
  readonly virtual = false;
  #cancelTimer: (() => void) | null = null;

  now(): number {
    return hostNow();
  }

  advanceTo(deadline: number, wake: () => void): Advance {
    const missing = deadline - hostNow();
    if (missing <= 0) return 'reached';
    this.stopWaiting();
    if (deadline !== Infinity) {
      this.#cancelTimer = hostTimer(() => {
        this.#cancelTimer = null;
        wake();
      }, missing);
    }
    return 'waiting';
  }

  stopWaiting(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
