import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedPositions } from '../src/sort-numbers.ts';

const few = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(-0, 0, Infinity, -Infinity, 5e-324, -5e-324));
const numbers = fc.array(fc.oneof(few, fc.double({ noNaN: true }), fc.integer()), { maxLength: 300 });
const largest = 2 ** 31 - 1;
const wholeNumbers = fc.array(fc.oneof(fc.nat(9), fc.nat(1e6), fc.nat(largest), fc.constantFrom(-0, largest)), {
  maxLength: 300,
});

/** What comparing gives; it is stable, and -0 equals 0. */
const byComparing = (all: number[]) => [...all.keys()].toSorted((a, b) => (all[a] === all[b] ? 0 : all[a]! - all[b]!));

describe('Sorting numbers by their digits', () => {
  it('gives the positions that a stable sort by comparing gives', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, wholeNumbers), (all) => {
        expect([...sortedPositions(all)]).toEqual(byComparing(all));
      }),
      { numRuns: 500 },
    );
  });

  it('tells integers from those that are one too many for 31 bits', () => {
    expect([...sortedPositions([largest + 1, largest, 0])]).toEqual([2, 1, 0]);
    expect([...sortedPositions([1, -1, 0])]).toEqual([1, 2, 0]);
    expect([...sortedPositions([2.5, 2, 1])]).toEqual([2, 1, 0]);
  });

  it('leaves equal numbers, and none, where they are', () => {
    expect([...sortedPositions([3, 3, 3])]).toEqual([0, 1, 2]);
    expect([...sortedPositions([])]).toEqual([]);
  });
});
