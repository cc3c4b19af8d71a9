import type { Difference, Schedule } from '@timeloom/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink } from '../src/shrink.ts';

const schedules: fc.Arbitrary<Schedule> = fc
  .uniqueArray(fc.nat(60), { maxLength: 25 })
  .chain((places) =>
    fc.tuple(
      ...places
        .toSorted((a, b) => a - b)
        .map((at): fc.Arbitrary<Difference> =>
          fc.oneof(
            fc.record({
              kind: fc.constant('take' as const),
              at: fc.constant(at),
              option: fc.integer({ min: 1, max: 9 }),
            }),
            fc.record({
              kind: fc.constant('hold' as const),
              at: fc.constant(at),
              option: fc.nat(3),
              until: fc.integer({ min: at + 1, max: at + 10 }),
            }),
          ),
        ),
    ),
  )
  .map((differences) => ({ differences }));

describe('Shrinking', () => {
  it('keeps exactly the differences that the failure needs', async () => {
    const cases = schedules.chain((schedule) =>
      fc.tuple(fc.constant(schedule), fc.subarray(schedule.differences.map((one) => one.at))),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([schedule, needed]) => {
        const fails = async (candidate: Schedule) =>
          needed.every((at) => candidate.differences.some((one) => one.at === at));
        const { schedule: smallest } = await shrink(schedule, fails);
        expect(smallest.differences.map((one) => one.at)).toEqual(needed.toSorted((a, b) => a - b));
      }),
    );
  });

  it('takes the least option and the shortest hold that still fail', async () => {
    const schedule: Schedule = {
      differences: [
        { kind: 'take', at: 2, option: 9 },
        { kind: 'hold', at: 5, option: 1, until: 30 },
      ],
    };
    const fails = async ({ differences: [take, hold] }: Schedule) =>
      take?.kind === 'take' && take.option >= 4 && hold?.kind === 'hold' && hold.until >= 12;
    expect((await shrink(schedule, fails)).schedule.differences).toEqual([
      { kind: 'take', at: 2, option: 4 },
      { kind: 'hold', at: 5, option: 1, until: 12 },
    ]);
  });

  it('returns only what was seen to fail, whatever the program does', async () => {
    await fc.assert(
      fc.asyncProperty(
        schedules,
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 1, max: 50 }),
        async (schedule, coins, most) => {
          const seen = new Map<string, boolean>([[JSON.stringify(schedule.differences), true]]);
          const fails = async ({ differences }: Schedule) => {
            const key = JSON.stringify(differences);
            if (!seen.has(key)) seen.set(key, coins.next().value);
            return seen.get(key)!;
          };
          const shrunk = await shrink(schedule, fails, most);
          expect(seen.get(JSON.stringify(shrunk.schedule.differences))).toBe(true);
          expect(shrunk.runs).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});
