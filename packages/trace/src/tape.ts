import type { ChoicePoint, Scheduler } from '@timeloom/loop';

/**
 * Records the tape of one run: the option that was taken at each choice point. It costs the same
 * however many options a point has, unlike a ScheduleRecorder, and says nothing about what was passed
 * over: follow it with a {@link TapeFollower} in a ScheduleRecorder to learn that.
 */
export class TapeRecorder implements Scheduler {
  readonly #scheduler: Scheduler;
  readonly #options: number[] = [];

  /** @param scheduler decides. */
  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Choice points so far. */
  get choices(): number {
    return this.#options.length;
  }

  /** The options that were taken so far. */
  get tape(): readonly number[] {
    return this.#options;
  }

  choose(point: ChoicePoint): number {
    const option = this.#scheduler.choose(point);
    this.#options.push(option);
    return option;
  }
}

/** Takes the options of a tape again; first in, first out where the tape has none that fits. */
export class TapeFollower implements Scheduler {
  readonly #tape: readonly number[];
  #next = 0;

  constructor(tape: readonly number[]) {
    this.#tape = tape;
  }

  choose(point: ChoicePoint): number {
    const option = this.#tape[this.#next++] ?? 0;
    return option < point.size ? option : 0;
  }
}
