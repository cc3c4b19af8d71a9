import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, beforeEach, afterEach } from '@timeloom/vitest';

const log: string[] = [];
beforeEach(async () => {
  const start = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  log.push(`before ${Date.now() - start}`);
});
afterEach(async () => {
  await delay(1000);
});

describe('a test', () => {
  test('waits for no real time', async ({ loop, sleep }) => {
    const start = loop.time();
    await sleep(10_000);
    await delay(5000);
    expect(loop.time() - start).toBe(15_000);
    expect(log).toEqual(['before 60000']);
  });
  test.each([1, 2])('each %s', async (n) => {
    await delay(n * 1000);
  });
  test.explore('a search', { runs: 10 }, async ({ sleep, assert, io }) => {
    await io('x');
    await sleep(10);
    assert(true);
  });
  const extended = test.extend({
    server: async ({ sleep }, use) => {
      await sleep(10);
      await use('hello');
      await delay(1000);
    },
  });
  extended('fixture', async ({ server }) => {
    expect(server).toBe('hello');
  });
});
