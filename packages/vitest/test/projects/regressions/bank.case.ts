import { describe, test } from '@timeloom/vitest';
import { Teller, transfer, type Store } from '../../../../../fixtures/samples/bank-transfer/bank.ts';

const mended = process.env['BANK'] === 'mended';

describe('a bank', () => {
  test.explore('loses no money', { runs: 300 }, async ({ io, assert }) => {
    const balances = new Map([['ann', 100]]);
    const store: Store = {
      read: (account) => io(`read ${account}`, () => balances.get(account) ?? 0),
      write: (account, balance) => io(`write ${account}`, () => void balances.set(account, balance)),
    };
    const teller = new Teller(store);
    const pay = mended
      ? (to: string) => teller.transfer('ann', to, 10)
      : (to: string) => transfer(store, 'ann', to, 10);
    const later = async (): Promise<void> => {
      await io('log in');
      await io('choose an account');
      await io('type the amount');
      await pay('cid');
    };
    await Promise.all([pay('bob'), later()]);
    assert(balances.get('ann') === 80, `ann has ${balances.get('ann')}`);
  });

  test('is tested otherwise', () => {});
});
