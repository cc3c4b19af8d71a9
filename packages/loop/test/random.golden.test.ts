import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom, createRandoms } from '../src/index.ts';

it('gives the same numbers for the same seed, on every platform and in every release', () => {
  const random = createRandom('0/random/7');
  expect([random(), random(), createRandom(0)(), createRandom('a')()]).toEqual([
    0.8414763861801475, 0.16439537727274, 0.614164876518771, 0.3112280173227191,
  ]);
});

it('gives the generators of many seeds with one beginning as if each was made for itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.integer(), fc.string()), (beginning, rest) => {
      const one = createRandom(`${beginning}${rest}`);
      const other = createRandoms(beginning)(rest);
      expect([other(), other()]).toEqual([one(), one()]);
    }),
  );
});
