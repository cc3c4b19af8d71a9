import { createServer } from 'node:net';
import { expect, onTestFinished, test } from '@timeloom/vitest';
import * as vitest from 'vitest';

const neverAnswered = (): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer(() => {});
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1', resolve);
  });

test('work of the host that does not end', async ({ loop }) => {
  await neverAnswered();
  await loop.external(new Promise(() => {}));
});
test('the next test', async ({ sleep }) => {
  await sleep(1000);
  expect(Date.now()).toBe(Date.UTC(2000, 0, 1) + 1000);
});
vitest.test('work of the host in an ordinary test', async () => {
  const { getRunningLoop } = await import('@timeloom/asyncio');
  await getRunningLoop().external(new Promise(() => {}));
});
vitest.test('the last test', async () => {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
