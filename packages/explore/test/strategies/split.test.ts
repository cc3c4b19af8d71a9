import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeStrategy, strategies } from '../../src/strategies/index.ts';
import type { RunScheduler, RunSummary, Strategy } from '../../src/strategy.ts';
import { search } from '../../src/model/machine.ts';
import { toy } from '../../src/model/programs.ts';

/** Makes the learning runs of a strategy, and of the others those with the given numbers, and what these need. */
class Part implements Strategy {
  readonly name = 'part';
  /** The numbers of the runs that were made. */
  readonly made: number[] = [];
  readonly #strategy: Strategy;
  readonly #numbers: number[];

  constructor(strategy: Strategy, numbers: readonly number[]) {
    this.#strategy = strategy;
    this.#numbers = [...numbers];
  }

  nextRun(): RunScheduler | null {
    const number = this.#numbers[0];
    if (number === undefined) return null;
    const next = this.#strategy.skipTo!(number);
    if (next === number) this.#numbers.shift();
    this.made.push(next);
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

describe('A strategy whose runs can be spread', () => {
  it('is one that draws its runs, or has such members', () => {
    expect(split).toEqual(['random', 'pct', 'pos', 'urw', 'surw', 'portfolio']);
  });

  it.each(split)('%s makes any run without those before it, once it has learned', (name) => {
    const numbers = fc.uniqueArray(fc.integer({ min: 64, max: 200 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer(), numbers, (seed, drawn) => {
        const own = drawn.toSorted((a, b) => a - b);
        const whole = search(makeStrategy(name, { seed }), toy, own.at(-1)! + 1);
        const strategy = makeStrategy(name, { seed });
        const part = new Part(strategy, [...range(strategy.learningRuns ?? 0), ...own]);
        const orders = search(part, toy, Infinity);
        expect(orders).toEqual(part.made.map((number) => whole[number]));
        expect(part.made).toEqual(expect.arrayContaining(own));
      }),
      { numRuns: 20 },
    );
  });
});
