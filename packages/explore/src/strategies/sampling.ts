import { createRandom, type ChoicePoint } from '@timeloom/loop';
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
  const last = weights.findLastIndex((weight) => weight > 0);
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
 * the number of the run. A program without any choice has one order, and ends the search.
 */
export abstract class SamplingStrategy<Run extends RunScheduler> implements Strategy {
  abstract readonly name: string;
  readonly #seed: number | string;
  #runs = 0;
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
    const random = createRandom(`${this.#seed}/${this.name}/${this.#runs}`);
    this.#run = this.startRun(random, this.#runs++);
    return this.#run;
  }

  runEnded(summary: RunSummary): void {
    // If no choice came up on the only way there was, none ever will.
    this.#oneOrder = summary.choices === 0;
    if (this.#run !== null) this.learn(this.#run, summary);
    this.#run = null;
  }

  describeCoverage(runs: number): string {
    return this.#oneOrder ? 'exhaustive: 1 order' : this.describe(runs);
  }

  protected abstract startRun(random: Random, number: number): Run;

  /** A run of this strategy is over. */
  protected learn(_run: Run, _summary: RunSummary): void {}

  protected abstract describe(runs: number): string;
}
