import { checkLimit } from './check.ts';
import { LivelockError, StepLimitError } from './errors.ts';
import type { Handle } from './handle.ts';

/** When a run has gone on for too long. */
export interface LimitOptions {
  /** Most steps of one run; default 10,000,000 on a virtual clock, else Infinity. */
  readonly maxSteps?: number | undefined;
  /**
   * Most steps while a virtual clock stands still. Default 500,000, not counting those of the first hundred
   * turns: as many tasks as fit into memory may begin at one time.
   */
  readonly maxStepsPerInstant?: number | undefined;
}

const defaultPerInstant = 500_000;

/** Turns of an instant whose steps do not count, where nobody gave a limit. */
const freeTurns = 100;

const rememberedSteps = 8;

/** Counts steps and stops a loop that exceeds its limits. */
export class StepCounter {
  readonly #maxSteps: number;
  readonly #maxStepsPerInstant: number;
  readonly #freeTurns: number;
  /** The first turn of this instant whose steps count. */
  #firstTurn = 0;
  /** The last ones before the limit; null until it is near. */
  #lastSteps: string[] | null = null;
  #stepsInRun = 0;
  #stepsAtInstant = 0;
  /** Steps so far. */
  steps = 0;

  constructor(options: LimitOptions, virtual: boolean) {
    const { maxSteps = virtual ? 10_000_000 : Infinity } = options;
    const { maxStepsPerInstant = defaultPerInstant } = options;
    checkLimit('maxSteps', maxSteps);
    checkLimit('maxStepsPerInstant', maxStepsPerInstant);
    this.#maxSteps = maxSteps;
    this.#maxStepsPerInstant = virtual ? maxStepsPerInstant : Infinity;
    this.#freeTurns = options.maxStepsPerInstant === undefined ? freeTurns : 0;
  }

  /** A run began: it has the whole allowance, so that a run cut short can still be cleaned up. */
  runStarted(turn: number): void {
    this.#stepsInRun = 0;
    this.instantChanged(turn);
  }

  /** The clock moved. @param turn the number of the next turn. */
  instantChanged(turn: number): void {
    this.#firstTurn = turn + this.#freeTurns;
    this.#stepsAtInstant = 0;
    this.#lastSteps = null;
  }

  /** @throws StepLimitError, LivelockError if `handle`, which is not cancelled, is a step too many. */
  count(handle: Handle, time: number, turn: number): void {
    if (this.#stepsInRun >= this.#maxSteps) throw new StepLimitError(this.#maxSteps, time);
    if (turn >= this.#firstTurn) this.#countAtInstant(handle, time);
    this.steps++;
    this.#stepsInRun++;
  }

  #countAtInstant(handle: Handle, time: number): void {
    const left = this.#maxStepsPerInstant - this.#stepsAtInstant;
    if (left <= 0) throw new LivelockError(this.#maxStepsPerInstant, time, this.#lastSteps ?? []);
    if (left <= rememberedSteps) (this.#lastSteps ??= []).push(handle.label);
    this.#stepsAtInstant++;
  }
}
