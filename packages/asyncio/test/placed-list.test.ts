import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlacedList } from '../src/placed-list.ts';

describe('A PlacedList', () => {
  it('is a list that anything can be taken out of, whatever holes that leaves', () => {
    const operation = fc.oneof(
      fc.record({ take: fc.nat() }),
      fc.record({ add: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ keep: fc.integer({ min: 0, max: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const list = new PlacedList<{ position: number }>();
        let model: { position: number }[] = [];
        const add = (): void => {
          const one = { position: -1 };
          list.add(one);
          model.push(one);
        };
        const take = (index: number): void => {
          const [taken = { position: 0 }] = model.splice(index % Math.max(model.length, 1), 1);
          list.delete(taken);
          list.delete(taken);
        };
        for (const one of operations) {
          if ('add' in one) for (let i = 0; i < one.add; i++) add();
          else if ('take' in one) take(one.take);
          else while (model.length > one.keep) take(0);
          // Compared one by one: what is equal is not yet the same.
          const all = list.all();
          expect(all.length).toBe(model.length);
          expect(all.every((item, index) => item === model[index])).toBe(true);
          expect([list.size, list.last(), list.only()]).toEqual([
            model.length,
            model.at(-1) ?? null,
            model.length === 1 ? model[0] : null,
          ]);
        }
        model = [];
      }),
    );
  });
});
