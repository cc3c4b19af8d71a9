import { runningLoop, type EventLoop } from '@timeloom/loop';

/** So many turns in a row take a millisecond: about as many as Node makes in one that do next to nothing. */
export const turnsOfAMillisecond = 1000;

/**
 * Counts the turns of immediates that make immediates while the clock stands still. They take no time, as
 * long as they are few. But code that polls (`while (!done) await setImmediate()`) waits for time to pass,
 * so it has to; not while the clock stands still for something real, which comes meanwhile.
 */
export class Turns {
  readonly #loop: EventLoop;
  #time = -Infinity;
  #last = 0;
  /** True while the clock waits for real I/O. */
  isHeld: () => boolean = noRealIo;
  /** True if a poll of the host may deliver something. */
  pollMatters: () => boolean = noRealIo;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /**
   * The turn in which an immediate runs that is made now; 0 if it would be one too many at this instant. In
   * Node a poll for I/O comes before, and code that counts turns expects something from that, for instance
   * that a connection which was closed in this turn is gone.
   */
  next(): number {
    if (runningLoop() === this.#loop && this.pollMatters()) this.#loop.awaitsPoll = true;
    this.#lookAtClock();
    // Counted anew: between two things that are in flight there may be a moment in which nothing is.
    if (this.#last >= turnsOfAMillisecond && this.#clockIsHeld()) this.#last = 0;
    return this.#last < turnsOfAMillisecond ? this.#last + 1 : 0;
  }

  /** An immediate of this turn runs; one of turn 0 begins those of its instant. */
  began(turn: number): void {
    this.#lookAtClock();
    this.#last = Math.max(this.#last, turn, 1);
  }

  #lookAtClock(): void {
    const time = this.#loop.time();
    if (time === this.#time) return;
    this.#time = time;
    this.#last = 0;
  }

  #clockIsHeld(): boolean {
    return this.#loop.statistics().external > 0 || this.isHeld();
  }
}

function noRealIo(): boolean {
  return false;
}
