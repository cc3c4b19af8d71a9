import { test } from '@timeloom/vitest';

test.explore('loses no update', { runs: 50 }, async ({ io, assert }) => {
  let count = 0;
  const add = async (): Promise<void> => {
    const before = count;
    await io('save');
    count = before + 1;
  };
  await Promise.all([add(), add()]);
  assert(count === 2, `counted ${count}`);
});
