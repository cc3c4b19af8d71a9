import { describe, expect, it } from 'vitest';
import { makeStrategy } from '../../src/strategies/index.ts';
import { search } from './model.ts';
import { toy, uneven } from './programs.ts';

const outcomes = 252;
const runs = 25_200;

/** Pearson's statistic of how often each of the 252 results came out, against all being equally likely. */
function chiSquared(strategy: string): number {
  const counts = new Map<number, number>();
  for (const result of search(makeStrategy(strategy, { seed: 1 }), toy, runs)) {
    counts.set(result, (counts.get(result) ?? 0) + 1);
  }
  const expected = runs / outcomes;
  const seen = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return seen + (outcomes - counts.size) * expected;
}

/** A quantile of the χ² distribution (E. B. Wilson, M. M. Hilferty, 1931). */
function quantile(degrees: number, standardNormal: number): number {
  return degrees * (1 - 2 / (9 * degrees) + standardNormal * Math.sqrt(2 / (9 * degrees))) ** 3;
}

describe('Of 252 orders of two lanes with five steps', () => {
  it.each(['urw', 'surw'])('%s takes each equally often', (strategy) => {
    const statistic = chiSquared(strategy);
    expect(statistic).toBeGreaterThan(quantile(outcomes - 1, -2.576));
    expect(statistic).toBeLessThan(quantile(outcomes - 1, 2.576));
  });

  it.each([
    ['random', 20_000],
    ['pos', 100_000],
    ['pct', 100_000],
  ])('%s does not: χ² is above %i', (strategy, bound) => {
    expect(chiSquared(strategy)).toBeGreaterThan(bound);
  });
});

describe('That the only step of one lane comes behind 25 of another', () => {
  it('is found by URW within 1,000 runs', () => {
    const found = search(makeStrategy('urw', { seed: 0 }), uneven, 1000).filter(Boolean).length;
    // One order of 26.
    expect(found).toBeGreaterThan(25);
    expect(found).toBeLessThan(55);
  });

  it('is missed by a random walk in 10,000 runs', () => {
    expect(search(makeStrategy('random', { seed: 0 }), uneven, 10_000)).not.toContain(true);
  });
});
