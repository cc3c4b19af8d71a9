import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedPositions } from '../src/sort-numbers.ts';

const few = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(-0, 0, Infinity, -Infinity, 5e-324, -5e-324));
const numbers = fc.array(fc.oneof(few, fc.double({ noNaN: true }), fc.integer()), { maxLength: 300 });

/** What comparing gives; it is stable, and -0 equals 0. */
const byComparing = (all: number[]) => [...all.keys()].toSorted((a, b) => (all[a] === all[b] ? 0 : all[a]! - all[b]!));

describe('Sorting numbers by their digits', () => {
  it('gives the positions that a stable sort by comparing gives', () => {
    fc.assert(
      fc.property(numbers, (all) => {
        expect([...sortedPositions(Float64Array.from(all))]).toEqual(byComparing(all));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves equal numbers, and none, where they are', () => {
    expect([...sortedPositions(Float64Array.of(3, 3, 3))]).toEqual([0, 1, 2]);
    expect([...sortedPositions(new Float64Array(0))]).toEqual([]);
  });
});
