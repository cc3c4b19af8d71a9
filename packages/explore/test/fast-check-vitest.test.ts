import { fc, test } from '@fast-check/vitest';
import { gather } from '@timeloom/asyncio';
import { replay, type Program } from '@timeloom/explore';
import { schedules } from '@timeloom/explore/fast-check';
import { describe, expect } from 'vitest';

const deposits =
  (amount: number, steps: 'one step' | 'two steps'): Program =>
  async ({ io, assert }) => {
    let balance = 0;
    const deposit = async (name: string) => {
      if (name === 'b') await io('b is checked');
      const seen = balance;
      if (steps === 'two steps') await io(`${name} writes`);
      balance = seen + amount;
    };
    await gather([() => deposit('a'), () => deposit('b')]);
    assert(balance === 2 * amount, `balance is ${balance}`);
  };

const amounts = fc.integer({ min: 1, max: 100 });

describe('A property of vitest', () => {
  test.prop([schedules(), amounts])('passes where the program is right', (schedule, amount) =>
    schedule.run(deposits(amount, 'one step')),
  );

  test.prop({ schedule: schedules({ reorder: 'free' }), amount: amounts })(
    'takes schedules by name',
    ({ schedule, amount }) => schedule.run(deposits(amount, 'one step')),
  );

  test.fails.prop([schedules(), amounts], { seed: 1, numRuns: 500 })('fails where it is wrong', (schedule, amount) =>
    schedule.run(deposits(amount, 'two steps')),
  );

  /** In place of fast-check's own, which throws what it says. */
  const asyncReporter = async (details: fc.RunDetails<unknown>): Promise<void> => {
    const report = fc.defaultReportMessage(details)!;
    expect(report).toMatch(/Counterexample: \[schedule: hold "[^"]+" from \d+ until \d+; token tl1_[\w-]+,1\]/);
    const [, token] = /token (tl1_[\w-]+)/.exec(report)!;
    const { outcome } = await replay(deposits(1, 'two steps'), token!);
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'balance is 1' } });
  };
  const parameters = { seed: 1, numRuns: 500, asyncReporter } as unknown as fc.Parameters<[never, number]>;

  test.prop([schedules(), amounts], parameters)(
    'that fails shows the swap, a token that replays it, and the least data',
    (schedule, amount) => schedule.run(deposits(amount, 'two steps')),
  );
});
