import { createRandoms, type ChoicePoint } from '@timeloom/loop';
import type { RunScheduler, RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { checkSeed } from './options.ts';

/** Numbers in [0, 1). */
export type Random = () => number;

/** A whole number from 0 to `size - 1`. */
export function below(random: Random, size: number): number {
  return Math.floor(random() * size);
}

/** An index, with a probability proportional to its weight. Some weight must be positive. */
export function drawWeighted(random: Random, weights: readonly number[]): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let left = random() * total;
  let last = weights.length - 1;
  while (last >= 0 && !(weights[last]! > 0)) last--;
  for (let index = 0; index < last; index++) {
    left -= weights[index]!;
    if (left < 0) return index;
  }
  return last;
}

/** A run whose order is drawn. Durations and values are drawn uniformly. */
export abstract class SampledRun implements RunScheduler {
  protected readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  choose(point: ChoicePoint): number {
    return point.kind === 'handle' ? this.chooseHandle(point) : below(this.random, point.size);
  }

  protected abstract chooseHandle(point: ChoicePoint): number;
}

/**
 * A strategy that draws its runs. Each run has a generator of its own, made of the seed, the name and
 * the number of the run; what is learned is learned from the first 64 runs. So any of the later ones
 * can be made without those before it. A program without any choice has one order, and ends the search.
 */
export abstract class SamplingStrategy<Run extends RunScheduler> implements Strategy {
  abstract readonly name: string;
  readonly learningRuns: number = 64;
  /** Runs so far that {@link covers} does not cover. */
  uncovered = 0;
  readonly #seed: number | string;
  #randoms: ReturnType<typeof createRandoms> | null = null;
  /** The number of the next run. */
  #next = 0;
  #run: Run | null = null;
  #oneOrder = false;

  constructor(options: StrategyOptions) {
    this.#seed = checkSeed(options);
  }

  /** True once all orders were run. */
  get exhausted(): boolean {
    return this.#oneOrder;
  }

  nextRun(): RunScheduler | null {
    if (this.#oneOrder) return null;
    // Not before the first run: subclasses have a name only when they are constructed.
    this.#randoms ??= createRandoms(`${this.#seed}/${this.name}/`);
    this.#run = this.startRun(this.#randoms(this.#next), this.#next++);
    return this.#run;
  }

  skipTo(run: number): number {
    this.#next = run;
    return run;
  }

  runEnded(summary: RunSummary): void {
    // If no choice came up on the only way there was, none ever will.
    this.#oneOrder = summary.choices === 0;
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    if (this.#next <= this.learningRuns) this.learn(run, summary);
    if (!this.covers(run)) this.uncovered++;
  }

  describeCoverage(runs: number, uncovered: number = this.uncovered): string {
    return this.#oneOrder ? 'exhaustive: 1 order' : this.describe(runs, uncovered);
  }

  protected abstract startRun(random: Random, number: number): Run;

  /** One of the first runs is over. */
  protected learn(_run: Run, _summary: RunSummary): void {}

  /** Whether the guarantee is about a run that is over. */
  protected covers(_run: Run): boolean {
    return true;
  }

  /** @param uncovered how many of the runs {@link covers} does not cover. */
  protected abstract describe(runs: number, uncovered: number): string;
}
