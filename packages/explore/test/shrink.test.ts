import { gather } from '@timeloom/asyncio';
import { explore, failureKey } from '@timeloom/explore';
import { ScheduleFollower, type Difference, type Hold, type Schedule } from '@timeloom/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute, type Program } from '../src/execution.ts';
import { shrink, type ShrinkTarget } from '../src/shrink.ts';
import type { StepChoice, StepOrder } from '../src/step-orders.ts';

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

function sizeOf(difference: Difference): number {
  return difference.kind === 'take' ? difference.option : difference.until - difference.at;
}

function shortened(difference: Difference): Difference {
  return difference.kind === 'take'
    ? { ...difference, option: difference.option - 1 }
    : { ...difference, until: difference.until - 1 };
}

/** What must pass, or fail otherwise, if the schedule is as small as shrinking promises. */
function smallerByOne({ differences }: Schedule): Schedule[] {
  const removed = differences.map((_, index) => ({ differences: differences.toSpliced(index, 1) }));
  const shorter = differences.flatMap((one, index) =>
    sizeOf(one) === 1 ? [] : [{ differences: differences.with(index, shortened(one)) }],
  );
  return [...removed, ...shorter];
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
      orders: async () => ({ naming: 'label', orders, options: [], ambiguous: false }),
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

/** Tasks of some operations each; it fails if operations end in an order in which `bug` says so. */
function programOf(lengths: readonly number[], bug: readonly (readonly [string, string])[]): Program {
  return async ({ io, assert, choose }) => {
    const log: string[] = [`value ${choose(5)}`];
    await gather(
      lengths.map((length, task) => async () => {
        for (let i = 0; i < length; i++) await io(`${task}.${i}`, () => void log.push(`${task}.${i}`));
      }),
    );
    const reversed = bug.every(([one, other]) => log.indexOf(one) > log.indexOf(other) && log.includes(other));
    assert(bug.length === 0 || !reversed, 'the bug');
    assert(log[0] !== 'value 3', 'another bug');
  };
}

const bugs = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }).chain((lengths) => {
  const operations = lengths.flatMap((length, task) => Array.from({ length }, (_, i) => `${task}.${i}`));
  const pair = fc.shuffledSubarray(operations, { minLength: 2, maxLength: 2 }) as fc.Arbitrary<[string, string]>;
  return fc.record({
    lengths: fc.constant(lengths),
    bug: fc.array(pair, { minLength: 1, maxLength: 3 }),
    seed: fc.nat(1000),
  });
});

describe('What a search reports', () => {
  it('fails when followed, and passes or fails otherwise with any difference less, or one shortened by one', async () => {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(bugs, async ({ lengths, bug, seed }) => {
        const program = programOf(lengths, bug);
        const follow = async (schedule: Schedule) =>
          failureKey((await execute(program, new ScheduleFollower(schedule))).outcome);
        const { failures } = await explore(program, { strategy: 'random', seed, runs: 40, stopAtFirst: false });
        for (const { key, schedule } of failures) {
          expect(await follow(schedule)).toBe(key);
          checked += schedule.differences.length;
          for (const smaller of smallerByOne(schedule)) expect(await follow(smaller)).not.toBe(key);
        }
      }),
      { numRuns: 12 },
    );
    expect(checked).toBeGreaterThan(6);
  });

  it('is the failure that was found; another one that is smaller only if asked for', async () => {
    const twoBugs: Program = async ({ choose, assert }) => {
      const [first, second] = [choose(4), choose(4)];
      if (first === 0) assert(second !== 3, 'one');
      else assert(second !== 3, 'both');
    };
    const search = (shrinkToAny: boolean) => explore(twoBugs, { strategy: 'random', seed: 1, runs: 500, shrinkToAny });
    const firstOf = async (shrinkToAny: boolean) => (await search(shrinkToAny)).failures[0]!;
    const [least, needed] = [
      { kind: 'take', at: 0, option: 1 },
      { kind: 'take', at: 1, option: 3 },
    ];
    expect(await firstOf(false)).toMatchObject({
      key: 'failed: AssertionError: both',
      schedule: { differences: [least, needed] },
    });
    expect(await firstOf(true)).toMatchObject({
      key: 'failed: AssertionError: one',
      schedule: { differences: [needed] },
    });
  });

  it('goes on when an assertion tells of other values', async () => {
    const order: Program = async ({ io, assert }) => {
      const done: string[] = [];
      const work = async (label: string): Promise<void> => {
        await io(label);
        done.push(label);
      };
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map(work));
      assert(done.indexOf('a') < done.indexOf('e'), `the order is ${done}`);
    };
    const { failures } = await explore(order, { strategy: 'random', seed: 1 });
    expect(failures).toMatchObject([{ key: 'failed: AssertionError: the order is b,c,d,e,a' }]);
    expect(failures[0]!.schedule.differences).toHaveLength(1);
    expect(failures[0]!.differencesBefore).toBeGreaterThan(1);
  });

  it('has one difference more at most than the bug needs orders of two steps', async () => {
    const pairsOf = fc.array(
      fc.tuple(fc.nat(3), fc.nat(5), fc.nat(3), fc.nat(5)).filter(([one, , other]) => one !== other),
      { minLength: 1, maxLength: 2 },
    );
    await fc.assert(
      fc.asyncProperty(pairsOf, fc.nat(1000), async (pairs, seed) => {
        const bug = pairs.map(([a, i, b, j]) => [`${a}.${i}`, `${b}.${j}`] as const);
        const { failures } = await explore(programOf([6, 6, 6, 6], bug), { strategy: 'random', seed, runs: 30 });
        const failure = failures.find(({ key }) => key.endsWith('the bug'));
        expect(failure?.schedule.differences.length ?? 0).toBeLessThanOrEqual(pairs.length + 1);
      }),
      { numRuns: 10 },
    );
  });

  it('holds a task back as late as the failure allows', async () => {
    // Without the search for a later place, the hold of the first step would stay: it works as well.
    const lastStepsSwap = programOf([4, 4], [['0.3', '1.3']]);
    const { failures } = await explore(lastStepsSwap, { strategy: 'pct', depth: 1, seed: 2, reorder: 'free' });
    const { swaps } = failures[0]!.explanation!;
    expect(swaps).toMatchObject([{ kind: 'held', overtakers: 1, held: { label: '0.3' }, overtaker: { label: '1.3' } }]);
  });
});
