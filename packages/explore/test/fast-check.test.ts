import { gather } from '@timeloom/asyncio';
import { replay, type Program } from '@timeloom/explore';
import { schedules, type DrawnSchedule } from '@timeloom/explore/fast-check';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, lockOrder, lostUpdate, safeUpdate } from './programs.ts';

/** Deposits that read, wait and write; large ones are checked before that. */
const deposits =
  (amounts: readonly number[]): Program =>
  async ({ io, assert }) => {
    let balance = 0;
    const deposit = async (amount: number, index: number) => {
      if (index > 0) await io(`${index} is checked`);
      const seen = balance;
      await io(`${index} writes`);
      balance = seen + amount;
    };
    await gather(amounts.slice(0, 2).map((amount, index) => () => deposit(amount, index)));
    const sum = amounts.slice(0, 2).reduce((a, b) => a + b, 0);
    assert(balance === sum, `balance is ${balance}, not ${sum}`);
  };

const amountLists = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 5 });

type Found = readonly [DrawnSchedule, number[]];

const search = (seed: number) =>
  fc.check(
    fc.asyncProperty(schedules(), amountLists, (schedule, amounts) => schedule.run(deposits(amounts))),
    { seed, numRuns: 500 },
  );

const tokenIn = (text: string): string => /token (tl1_[\w-]+)/.exec(text)![1]!;

describe('A drawn schedule', () => {
  it('loses an update, and shrinks to one difference and the least data', async () => {
    for (const seed of [1, 2, 3]) {
      const { failed, counterexample } = await search(seed);
      expect(failed).toBe(true);
      const [schedule, amounts] = counterexample as Found;
      expect(amounts).toEqual([1, 1]);
      expect(String(schedule)).toMatch(/^schedule: hold "Task-2 starts" from 0 until 1; token tl1_[\w-]+$/);
    }
  });

  it('prints a token in the report, which replays the same failure', async () => {
    const property = fc.asyncProperty(schedules(), amountLists, (schedule, amounts) => schedule.run(deposits(amounts)));
    const report = await fc.assert(property, { seed: 1, numRuns: 500 }).then(
      () => '',
      (error: Error) => `${error.message}\n${String(error.cause)}`,
    );
    expect(report).toContain('balance is 1, not 2');
    const { outcome } = await replay(deposits([1, 1]), tokenIn(report));
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'balance is 1, not 2' } });
  });

  it('passes where the program is right', async () => {
    const property = fc.asyncProperty(schedules({ reorder: 'free', latenessMs: 5 }), (schedule) =>
      schedule.run(safeUpdate),
    );
    const details = await fc.check(property, { seed: 1, numRuns: 200 });
    expect(details).toMatchObject({ failed: false, numRuns: 200 });
  });

  it('gives equal counterexamples for equal seeds', async () => {
    const text = async (seed: number) => fc.stringify((await search(seed)).counterexample);
    expect(await text(7)).toBe(await text(7));
  });

  it.each([
    ['a chain', 2, chain(6), 'AssertionError'],
    ['a lost update', 1, lostUpdate, 'AssertionError'],
    ['a deadlock', 0, lockOrder, 'DeadlockError'],
  ])('finds %s with at most %i differences, and its token replays', async (_, most, program, name) => {
    const property = fc.asyncProperty(schedules({ reorder: 'free' }), (schedule) => schedule.run(program));
    const { counterexample, errorInstance } = await fc.check(property, { seed: 1, numRuns: 1000 });
    expect(errorInstance).toMatchObject({ name });
    const text = String(counterexample![0]);
    expect(text.match(/hold/g)?.length ?? 0).toBeLessThanOrEqual(most);
    const { outcome } = await replay(program, tokenIn(text), { reorder: 'free' });
    expect(outcome).toMatchObject({ error: { name } });
  });

  it('draws latencies and values, and shrinks them to the least that fails', async () => {
    const late: Program = async ({ io, sleep, assert }) => {
      const answer = io('answer', undefined, { latencyMs: [0, 15] });
      await sleep(5);
      assert(answer.done(), 'no answer');
    };
    const property = fc.asyncProperty(schedules(), (schedule) => schedule.run(late));
    const { counterexample } = await fc.check(property, { seed: 1, numRuns: 500 });
    expect(String(counterexample![0])).toMatch(/^schedule: take "answer: 6 ms" at 0; token tl1_/);
  });

  it('is FIFO at its smallest, and counts no difference that does not fit', async () => {
    const fails = () => {
      throw new Error('always');
    };
    const property = fc.asyncProperty(schedules(), (schedule) => schedule.run(fails));
    const { counterexample, errorInstance } = await fc.check(property, { seed: 1 });
    expect(errorInstance).toMatchObject({ message: 'always' });
    expect(String(counterexample![0])).toMatch(/^schedule: first in, first out; token tl1_/);
  });

  it('says so if it was not run', () => {
    const [schedule] = fc.sample(schedules(), { seed: 1, numRuns: 1 });
    expect(fc.stringify(schedule)).toMatch(/^schedule of \d differences, not run$/);
  });

  it('leaves preconditions of fast-check to fast-check', async () => {
    const property = fc.asyncProperty(schedules(), fc.nat(9), (schedule, n) => schedule.run(() => fc.pre(n !== 5)));
    const details = await fc.check(property, { seed: 1 });
    expect(details.failed).toBe(false);
    expect(details.numSkips).toBeGreaterThan(0);
  });
});

describe('Bad input', () => {
  it('is refused by name', async () => {
    expect(() => schedules({ reorder: 'all' as never })).toThrow('reorder must be');
    expect(() => schedules({ latenessMs: -1 })).toThrow('latenessMs must be at least 0');
    expect(() => schedules({ maxSteps: 0 })).toThrow('maxSteps must be a positive whole number');
    for (const bad of [0, 1.5, 1001, '3' as never]) {
      expect(() => schedules({ maxDifferences: bad })).toThrow('maxDifferences must be a whole number from 1 to 1000');
    }
    const [schedule] = fc.sample(schedules(), { seed: 1, numRuns: 1 });
    await expect(schedule!.run(42 as never)).rejects.toThrow('expected by run(), got 42');
  });
});
