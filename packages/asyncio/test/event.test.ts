import { createTask, Event, getRunningLoop, sleep } from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

describe('An event', () => {
  it('wakes all who wait, in the order in which they came', async () => {
    await runVirtual(async () => {
      const event = new Event();
      const order: string[] = [];
      const wait = async (name: string) => {
        await event.wait();
        order.push(`${now()} ${name}`);
      };
      const tasks = ['a', 'b', 'c'].map((name) => createTask(() => wait(name)));
      await sleep(10);
      expect(inspect(event)).toBe('<Event [unset, waiters:3]>');
      event.set();
      for (const task of tasks) await task;
      expect(order).toEqual(['10 a', '10 b', '10 c']);
    });
  });

  it('does not take back what it woke when it is cleared right away', async () => {
    await runVirtual(async () => {
      const event = new Event();
      const waiter = createTask(event.wait());
      await sleep(0);
      event.set();
      event.clear();
      expect(await waiter).toBe(true);
      expect(event.isSet()).toBe(false);
    });
  });

  it('costs no step when it is set', async () => {
    await runVirtual(async () => {
      const event = new Event();
      event.set();
      event.set();
      const { turns } = getRunningLoop().statistics();
      expect(await event.wait()).toBe(true);
      expect(getRunningLoop().statistics().turns).toBe(turns);
      expect(String(event)).toBe('<Event [set]>');
    });
  });

  it('forgets a waiter that is cancelled', async () => {
    await runVirtual(async () => {
      const event = new Event();
      const waiter = createTask(event.wait());
      await sleep(0);
      waiter.cancel();
      await errorOf(() => waiter);
      expect(String(event)).toBe('<Event [unset]>');
      event.set();
    });
  });
});
