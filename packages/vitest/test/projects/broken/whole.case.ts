import { expect, it } from 'vitest';

it('runs beside a broken file', async () => {
  const start = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  expect(Date.now() - start).toBe(60_000);
});
