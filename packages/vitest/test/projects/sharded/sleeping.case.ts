import { test } from '@timeloom/vitest';

test('sleeps for two hours', async ({ sleep }) => {
  await sleep(7_200_000);
});
