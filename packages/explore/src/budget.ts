import { checkLimit, RealClock, show } from '@timeloom/loop';

/**
 * Why a search ended: it found a failure and was to go no further; it made all its runs; its time was
 * over; there was nothing left to try; its signal was aborted.
 */
export type Ended = 'failure' | 'runs' | 'time' | 'exhausted' | 'aborted';

export interface BudgetOptions {
  /**
   * Most real time that the search takes, in milliseconds; default Infinity. Looked at between runs:
   * the run that is on goes to its end. A failure that was found by then is shrunk, for as long again
   * at most.
   */
  readonly maxTimeMs?: number | undefined;
  /** Ends the search when it is aborted, with what was found so far. */
  readonly signal?: AbortSignal | undefined;
}

/** What a search may spend of the real world. */
export class Budget {
  readonly #clock = new RealClock();
  readonly #end: number;
  readonly #signal: AbortSignal | undefined;

  /** @throws TypeError, RangeError for bad options, naming them. */
  constructor({ maxTimeMs = Infinity, signal }: BudgetOptions) {
    checkLimit('maxTimeMs', maxTimeMs);
    if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
      throw new TypeError(`signal must be an AbortSignal, got ${show(signal)}`);
    }
    this.#end = maxTimeMs === Infinity ? Infinity : this.#clock.now() + maxTimeMs;
    this.#signal = signal;
  }

  /** Why the search has to end now; null if it may go on. */
  spent(): 'time' | 'aborted' | null {
    if (this.#signal?.aborted === true) return 'aborted';
    return this.#end !== Infinity && this.#clock.now() >= this.#end ? 'time' : null;
  }

  /** Calls back once when the budget is spent; returns how to prevent it. */
  onSpent(callback: () => void): () => void {
    // Timers of the host may be early.
    const look = (): void => {
      if (this.spent() !== null || this.#clock.advanceTo(this.#end, look) === 'reached') callback();
    };
    this.#signal?.addEventListener('abort', callback, { once: true });
    if (this.#end !== Infinity) look();
    return () => {
      this.#signal?.removeEventListener('abort', callback);
      this.#clock.stopWaiting();
    };
  }
}
