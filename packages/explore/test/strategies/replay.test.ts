import { decodeToken } from '@timeloom/trace';
import { describe, expect, it } from 'vitest';
import { explore, replayStrategy, type Program } from '../../src/index.ts';

const lostUpdate: Program = async ({ io, assert }) => {
  let balance = 0;
  const deposit = async (amount: number): Promise<void> => {
    if (amount > 50) await io('check');
    const seen = balance;
    await io(`write ${amount}`);
    balance = seen + amount;
  };
  await Promise.all([deposit(10), deposit(100)]);
  assert(balance === 110, `balance is ${balance}`);
};

describe('The replay of a schedule', () => {
  it('is one run, in which the program fails as before, with a report of its own', async () => {
    const found = await explore(lostUpdate);
    const { token } = found.failures[0]!;
    const strategy = replayStrategy(decodeToken(token!).schedule);
    const again = await explore(lostUpdate, { strategy });
    expect(again).toMatchObject({ passed: false, runs: 1 });
    expect(again.failures[0]).toMatchObject({ token, firstRun: 1, key: found.failures[0]!.key });
  });

  it('ends a search that passes after one run', async () => {
    const { passed, runs, coverage } = await explore(() => {}, { strategy: replayStrategy({ differences: [] }) });
    expect([passed, runs, coverage]).toEqual([true, 1, 'replay: 1 order']);
  });

  it('refuses what is no schedule', () => {
    expect(() => replayStrategy({ differences: [{ kind: 'take', at: 0, option: 0 }] })).toThrow(
      'differences[0].option',
    );
  });
});
