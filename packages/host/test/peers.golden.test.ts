import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as namedImmediate, setTimeout as namedTimeout } from 'node:timers';
import { scheduler, setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runVirtually } from './helpers.ts';

const keptAtImport = { setTimeout, clearTimeout, performance };

/** What other fake clocks get wrong; the README has a table with what they do. */
describe('Where other fake clocks fail:', () => {
  it('named imports of node:timers and node:timers/promises are in virtual time', async () => {
    const elapsed = await runVirtually(async (now) => {
      await sleep(60_000);
      await new Promise((resolve) => void namedTimeout(resolve, 60_000));
      await new Promise((resolve) => void namedImmediate(resolve));
      await promisify(namedTimeout)(60_000);
      return now();
    });
    expect(elapsed).toBe(180_000);
  });

  it('scheduler.wait and scheduler.yield are in virtual time', async () => {
    const times = await runVirtually(async (now) => {
      await scheduler.wait(60_000);
      const waited = now();
      await scheduler.yield();
      return [waited, now()];
    });
    expect(times).toEqual([60_000, 60_000]);
  });

  it('AbortSignal.timeout is in virtual time', async () => {
    const elapsed = await runVirtually(async (now) => {
      const signal = AbortSignal.timeout(60_000);
      await sleep(100_000, undefined, { signal }).catch(() => {});
      return now();
    });
    expect(elapsed).toBe(60_000);
  });

  it('refresh keeps the order of timers, and the clock never goes back', async () => {
    const ms = fc.integer({ min: 1, max: 100 });
    const timer = fc.record({ delay: ms, refreshedAt: fc.option(ms, { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(fc.array(timer, { maxLength: 30 }), async (timers) => {
        const fired = await runVirtually(async (now) => {
          const fired: number[] = [];
          for (const { delay, refreshedAt } of timers) {
            const made = setTimeout(() => fired.push(now()), delay);
            if (refreshedAt !== undefined && refreshedAt < delay) setTimeout(() => made.refresh(), refreshedAt);
          }
          await sleep(1000);
          return fired;
        });
        const due = timers.map(({ delay, refreshedAt = delay }) => (refreshedAt < delay ? refreshedAt + delay : delay));
        expect(fired).toEqual(due.toSorted((a, b) => a - b));
      }),
    );
  });

  it('AsyncLocalStorage is kept in callbacks', async () => {
    const storage = new AsyncLocalStorage<string>();
    const stores = await runVirtually(async () => {
      const stores: unknown[] = [];
      storage.run('store', () => {
        const note = () => stores.push(storage.getStore());
        setTimeout(note, 1);
        setImmediate(note);
        const interval = setInterval(() => clearInterval((note(), interval)), 2);
      });
      await sleep(5);
      return stores;
    });
    expect(stores).toEqual(['store', 'store', 'store']);
  });

  it('setTimeout(1) fires before a setTimeout(0) that was made later', async () => {
    const order = await runVirtually(async () => {
      const order: number[] = [];
      setTimeout(() => order.push(1), 1);
      setTimeout(() => order.push(0), 0);
      await sleep(5);
      return order;
    });
    expect(order).toEqual([1, 0]);
  });

  it('no time is lost when the code takes some turns to set its timer', async () => {
    const elapsed = await runVirtually(async (now) => {
      for (let i = 0; i < 3; i++) await immediate();
      await sleep(100);
      return now();
    });
    expect(elapsed).toBe(100);
  });

  it('setImmediate takes no time', async () => {
    const elapsed = await runVirtually(async (now) => {
      for (let i = 0; i < 100; i++) await immediate();
      return now();
    });
    expect(elapsed).toBe(0);
  });

  it('a continuation sees the time at which it runs, and not that at the end', async () => {
    const times = await runVirtually(async (now) => {
      const times: number[] = [];
      for (let i = 0; i < 3; i++) {
        await sleep(10);
        times.push(now());
      }
      return times;
    });
    expect(times).toEqual([10, 20, 30]);
  });

  it('all of 1,000 timers fire, also behind one that throws', async () => {
    const fired = await runVirtually(
      async () => {
        let fired = 0;
        for (let i = 1000; i > 0; i--) {
          setTimeout(() => {
            fired++;
            if (i === 500) throw new Error('expected');
          }, i);
        }
        await sleep(2000);
        return fired;
      },
      { ignoreExceptions: true },
    );
    expect(fired).toBe(1000);
  });

  it('timers have close, refresh, hasRef and Symbol.dispose', async () => {
    const fired = await runVirtually(async () => {
      const fired: string[] = [];
      setTimeout(() => fired.push('closed'), 1).close();
      {
        using _timer = setTimeout(() => fired.push('disposed'), 1);
      }
      await sleep(5);
      return fired;
    });
    expect(fired).toEqual([]);
  });

  it('a clearTimeout that was kept from before the takeover clears', async () => {
    const fired = await runVirtually(async () => {
      let fired = false;
      keptAtImport.clearTimeout(setTimeout(() => (fired = true), 1));
      await sleep(5);
      return fired;
    });
    expect(fired).toBe(false);
  });

  it('a performance that was kept from before the takeover tells the loop’s time', async () => {
    const elapsed = await runVirtually(async () => {
      const start = keptAtImport.performance.now();
      await sleep(1234);
      return keptAtImport.performance.now() - start;
    });
    expect(elapsed).toBe(1234);
  });
});
