import { Lock } from '@timeloom/asyncio';
import { test, expect } from '@timeloom/vitest';
import * as fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';

test.prop([fc.integer({ min: 1, max: 5 }), fc.nat({ max: 100 })], { numRuns: 20, seed: 1 })(
  'a counter behind a lock loses no update, whatever the order',
  async (tasks, ms, { io }) => {
    const lock = new Lock();
    let count = 0;
    const increment = async () => {
      await lock.acquire();
      const before = count;
      await io('save');
      await delay(ms);
      count = before + 1;
      lock.release();
    };
    await Promise.all(Array.from({ length: tasks }, increment));
    expect(count).toBe(tasks);
  },
  30_000,
);
