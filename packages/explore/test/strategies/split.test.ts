import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeStrategy, strategies } from '../../src/strategies/index.ts';
import type { RunScheduler, RunSummary, Strategy } from '../../src/strategy.ts';
import { search } from '../../src/model/machine.ts';
import { toy } from '../../src/model/programs.ts';

/** Makes the learning runs of a strategy, and of the others only those with the given numbers. */
class Part implements Strategy {
  readonly name = 'part';
  readonly #strategy: Strategy;
  readonly #numbers: number[];

  constructor(strategy: Strategy, numbers: readonly number[]) {
    this.#strategy = strategy;
    this.#numbers = [...numbers];
  }

  nextRun(): RunScheduler | null {
    const number = this.#numbers.shift();
    if (number === undefined) return null;
    this.#strategy.skipTo!(number);
    return this.#strategy.nextRun();
  }

  runEnded(run: RunSummary): void {
    this.#strategy.runEnded(run);
  }

  describeCoverage(runs: number): string {
    return this.#strategy.describeCoverage(runs);
  }
}

const range = (end: number): number[] => Array.from({ length: end }, (_, number) => number);

const split = Object.keys(strategies).filter((name) => makeStrategy(name, { seed: 0 }).skipTo !== undefined);

describe('A strategy that can be split', () => {
  it('is one that draws its runs', () => {
    expect(split).toEqual(['random', 'pct', 'pos', 'urw', 'surw']);
  });

  it.each(split)('%s makes any run without those before it, once it has learned', (name) => {
    const numbers = fc.uniqueArray(fc.integer({ min: 64, max: 200 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer(), numbers, (seed, drawn) => {
        const own = drawn.toSorted((a, b) => a - b);
        const whole = search(makeStrategy(name, { seed }), toy, own.at(-1)! + 1);
        const strategy = makeStrategy(name, { seed });
        const learning = strategy.learningRuns!;
        const part = search(new Part(strategy, [...range(learning), ...own]), toy, Infinity);
        expect(part.slice(learning)).toEqual(own.map((number) => whole[number]));
      }),
      { numRuns: 20 },
    );
  });
});
