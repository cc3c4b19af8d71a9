import { test } from '@timeloom/vitest';

test('waits for less than it takes', async ({ sleep }) => {
  await sleep(1);
});

test.explore('has one order', () => {});
