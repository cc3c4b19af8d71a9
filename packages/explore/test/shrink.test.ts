import type { Difference, Hold, Schedule } from '@timeloom/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink, type ShrinkTarget } from '../src/shrink.ts';
import type { StepChoice, StepOrder } from '../src/step-orders.ts';
import { sizeOf, smallerByOne } from './smaller.ts';

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

/** A program that is nothing but the schedules with which it fails. */
function failingIf(fails: (differences: readonly Difference[]) => boolean): ShrinkTarget {
  return { fails: async (schedule) => (fails(schedule.differences) ? schedule : null) };
}

describe('Shrinking', () => {
  it('keeps exactly the differences that the failure needs', async () => {
    const cases = schedules.chain((schedule) =>
      fc.tuple(fc.constant(schedule), fc.subarray(schedule.differences.map((one) => one.at))),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([schedule, needed]) => {
        const target = failingIf((differences) => needed.every((at) => differences.some((one) => one.at === at)));
        const { schedule: smallest } = await shrink(schedule, target);
        expect(smallest.differences.map((one) => one.at)).toEqual(needed.toSorted((a, b) => a - b));
        for (const difference of smallest.differences) expect(sizeOf(difference)).toBe(1);
      }),
    );
  });

  it('takes the least option and the shortest hold that still fail', async () => {
    const schedule: Schedule = {
      differences: [
        { kind: 'take', at: 2, option: 60_000 },
        { kind: 'hold', at: 5, option: 1, until: 900 },
      ],
    };
    const target = failingIf(
      ([take, hold]) => take?.kind === 'take' && take.option >= 413 && hold?.kind === 'hold' && hold.until >= 12,
    );
    const { schedule: smallest, runs } = await shrink(schedule, target);
    expect(smallest.differences).toEqual([
      { kind: 'take', at: 2, option: 413 },
      { kind: 'hold', at: 5, option: 1, until: 12 },
    ]);
    expect(runs).toBeLessThan(100);
  });

  it('lets one long hold do the work of others', async () => {
    const hold = (at: number, until: number): Difference => ({ kind: 'hold', at, option: 0, until });
    const held = (differences: readonly Difference[]): number => differences.reduce((sum, one) => sum + sizeOf(one), 0);
    const schedule = { differences: [hold(1, 4), hold(6, 9), hold(12, 15)] };
    const { schedule: smallest } = await shrink(
      schedule,
      failingIf((differences) => held(differences) >= 9),
    );
    expect(smallest.differences).toMatchObject([{ kind: 'hold' }]);
    expect(held(smallest.differences)).toBe(9);
  });

  it('moves a hold to the latest step of its task that still fails, and makes it short again', async () => {
    const at = (place: number): Hold => ({ kind: 'hold', at: place, option: 0, until: place + 1 });
    const target: ShrinkTarget = {
      // Three choices from any of the places 4 to 9 do it, nothing later does.
      ...failingIf(([hold]) => hold?.kind === 'hold' && hold.at <= 9 && hold.until >= hold.at + 3),
      later: async () => [at(20), at(9), at(7), at(1)],
    };
    const { schedule } = await shrink({ differences: [{ kind: 'hold', at: 4, option: 2, until: 30 }] }, target);
    expect(schedule.differences).toEqual([{ kind: 'hold', at: 9, option: 0, until: 12 }]);
  });

  it('tries each step of the orders that are left as the only one that is held', async () => {
    const holds = (count: number): Schedule => ({
      differences: Array.from({ length: count }, (_, at): Hold => ({ kind: 'hold', at, option: 0, until: at + 1 })),
    });
    const choiceOf = (step: string): StepChoice => ({ step, times: 0 });
    const orders = Array.from({ length: 60 }, (_, i): StepOrder => ({
      held: choiceOf(`step ${i}`),
      behind: choiceOf('another'),
    }));
    const target: ShrinkTarget = {
      fails: async () => null,
      orders: async () => ({ naming: 'label', orders, options: [], steps: [], ambiguous: false }),
      failsInOrder: async ({ orders: kept }) => {
        const isHeld = (step: string): boolean => kept.some(({ held }) => held.step === step);
        const forGood = kept.some(({ held, behind }) => held.step === 'step 38' && behind === null);
        const failing = forGood || ['step 3', 'step 38', 'step 50'].every(isHeld);
        return failing ? holds(kept.length) : null;
      },
    };
    expect((await shrink(holds(60), target)).schedule).toEqual(holds(1));
  });

  describe('where three differences are left, each of which is needed', () => {
    const hold = (at: number): Hold => ({ kind: 'hold', at, option: 0, until: at + 1 });
    const found: Schedule = { differences: [hold(1), hold(2), hold(3), hold(4), hold(5)] };
    const left = found.differences.slice(0, 3);
    const orderOf = ({ at }: Difference): StepOrder => ({
      held: { step: `step ${at}`, times: 0 },
      behind: { step: 'another', times: 0 },
    });
    const stepsOf = (orders: readonly StepOrder[]): string[] =>
      orders.map(({ held, behind }) => (behind === null ? `${held.step} for good` : held.step));
    /** Fails with the three differences, or if steps are held as `inOrder` says: a schedule of as many differences. */
    const failingAlso = (inOrder: (steps: readonly string[]) => boolean): ShrinkTarget => ({
      fails: async (schedule) =>
        schedule.differences.length < 3
          ? null
          : left.every((one) => schedule.differences.includes(one))
            ? schedule
            : null,
      orders: async ({ differences }) => ({
        naming: 'label',
        orders: differences.map(orderOf),
        options: [],
        steps: Array.from({ length: 9 }, (_, i) => ({ step: `step ${i + 1}`, times: 0 })),
        ambiguous: false,
      }),
      failsInOrder: async ({ orders }) => {
        const failing = inOrder(stepsOf(orders)) && orders.length <= 2;
        return failing ? { differences: orders.map((_, i) => hold(10 + i)) } : null;
      },
    });

    it('does without one, if the others end behind the same steps', async () => {
      const target = failingAlso((steps) => ['step 1', 'step 3'].every((step) => steps.includes(step)));
      expect((await shrink(found, target)).schedule.differences).toEqual([hold(10), hold(11)]);
    });

    it('holds another step of the run that was found in the place of two', async () => {
      const target = failingAlso((steps) => ['step 2', 'step 5 for good'].every((step) => steps.includes(step)));
      expect((await shrink(found, target)).schedule.differences).toEqual([hold(10), hold(11)]);
    });

    it('holds a step that no run has held in the place of two', async () => {
      const target = failingAlso((steps) => ['step 2', 'step 8 for good'].every((step) => steps.includes(step)));
      expect((await shrink(found, target)).schedule.differences).toEqual([hold(10), hold(11)]);
    });

    it('keeps them if nothing of the kind fails', async () => {
      expect(
        (
          await shrink(
            found,
            failingAlso(() => false),
          )
        ).schedule.differences,
      ).toEqual(left);
    });
  });

  it('ends where no difference can be removed, and none shortened by one, whatever the program does', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, fc.func(fc.boolean()), async (schedule, coin) => {
        const fails = (differences: readonly Difference[]): boolean =>
          differences === schedule.differences || coin(JSON.stringify(differences));
        const { schedule: smallest } = await shrink(schedule, failingIf(fails), Infinity);
        expect(fails(smallest.differences)).toBe(true);
        for (const { differences } of smallerByOne(smallest)) expect(fails(differences)).toBe(false);
      }),
    );
  });

  it('makes no more runs than it may, and returns only what was seen to fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        schedules,
        fc.func(fc.boolean()),
        fc.integer({ min: 1, max: 50 }),
        async (schedule, coin, most) => {
          const fails = (differences: readonly Difference[]): boolean => coin(JSON.stringify(differences));
          const shrunk = await shrink(schedule, failingIf(fails), most);
          expect(shrunk.schedule.differences === schedule.differences || fails(shrunk.schedule.differences)).toBe(true);
          expect(shrunk.runs).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});
