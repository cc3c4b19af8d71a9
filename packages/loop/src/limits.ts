import { checkLimit } from './check.ts';
import { LivelockError, StepLimitError } from './errors.ts';
import type { Handle } from './handle.ts';

/** When a run has gone on for too long. */
export interface LimitOptions {
  /** Most steps of one run; default 10,000,000 on a virtual clock, else Infinity. */
  readonly maxSteps?: number | undefined;
  /** Most steps while a virtual clock stands still; default 500,000. */
  readonly maxStepsPerInstant?: number | undefined;
}

const rememberedSteps = 8;

/** Counts steps and stops a loop that exceeds its limits. */
export class StepCounter {
  readonly #maxSteps: number;
  readonly #maxStepsPerInstant: number;
  /** The last ones before the limit; null until it is near. */
  #lastSteps: string[] | null = null;
  #stepsInRun = 0;
  #stepsAtInstant = 0;
  /** Steps so far. */
  steps = 0;

  constructor(options: LimitOptions, virtual: boolean) {
    const { maxSteps = virtual ? 10_000_000 : Infinity } = options;
    const { maxStepsPerInstant = 500_000 } = options;
    checkLimit('maxSteps', maxSteps);
    checkLimit('maxStepsPerInstant', maxStepsPerInstant);
    this.#maxSteps = maxSteps;
    this.#maxStepsPerInstant = virtual ? maxStepsPerInstant : Infinity;
  }

  /** A run began: it has the whole allowance, so that a run cut short can still be cleaned up. */
  runStarted(): void {
    this.#stepsInRun = 0;
    this.instantChanged();
  }

  /** The clock moved. */
  instantChanged(): void {
    this.#stepsAtInstant = 0;
    this.#lastSteps = null;
  }

  /** @throws StepLimitError, LivelockError if `handle` is a step too many. */
  count(handle: Handle, time: number): void {
    if (handle.cancelled()) return;
    if (this.#stepsInRun >= this.#maxSteps) throw new StepLimitError(this.#maxSteps, time);
    const left = this.#maxStepsPerInstant - this.#stepsAtInstant;
    if (left <= 0) throw new LivelockError(this.#maxStepsPerInstant, time, this.#lastSteps ?? []);
    if (left <= rememberedSteps) (this.#lastSteps ??= []).push(handle.label);
    this.steps++;
    this.#stepsInRun++;
    this.#stepsAtInstant++;
  }
}
