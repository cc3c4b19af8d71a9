import { test } from '@timeloom/vitest';
import { setTimeout as sleep } from 'node:timers/promises';

test('two hours', async () => {
  await sleep(7_200_000);
});

test.explore('long search', { runs: 4000 }, async ({ io }) => {
  const chain = async (name: string): Promise<void> => {
    for (let i = 0; i < 8; i++) await io(`${name} ${i}`);
  };
  await Promise.all([chain('a'), chain('b'), chain('c')]);
});
