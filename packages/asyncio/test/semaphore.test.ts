import { BoundedSemaphore, createTask, gather, getRunningLoop, Semaphore, sleep } from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

describe('A semaphore', () => {
  it('lets so many tasks pass at a time', async () => {
    await runVirtual(async () => {
      const semaphore = new Semaphore(2);
      const ends: string[] = [];
      const work = (name: string) => async () =>
        semaphore.with(async () => {
          await sleep(10);
          ends.push(`${now()} ${name}`);
        });
      await gather(['a', 'b', 'c', 'd', 'e'].map(work));
      expect(ends).toEqual(['10 a', '10 b', '20 c', '20 d', '30 e']);
    });
  });

  it('costs no step while there is room', async () => {
    await runVirtual(async () => {
      const semaphore = new Semaphore(2);
      const { turns } = getRunningLoop().statistics();
      await semaphore.acquire();
      expect(inspect(semaphore)).toBe('<Semaphore [unlocked, value:1]>');
      await semaphore.acquire();
      expect(String(semaphore)).toBe('<Semaphore [locked]>');
      expect(getRunningLoop().statistics().turns).toBe(turns);
    });
  });

  it('gives a place to the one who waits at the moment of the release', async () => {
    await runVirtual(async () => {
      const semaphore = new Semaphore(0);
      const waiter = createTask(semaphore.acquire());
      await sleep(0);
      expect(String(semaphore)).toBe('<Semaphore [locked, waiters:1]>');
      semaphore.release();
      expect([semaphore.value, semaphore.locked()]).toEqual([0, true]);
      await waiter;
    });
  });

  it('gets the place back when the one who was woken is cancelled, and gives it to the next', async () => {
    await runVirtual(async () => {
      const semaphore = new Semaphore(0);
      const first = createTask(semaphore.acquire());
      const second = createTask(semaphore.acquire());
      await sleep(0);
      semaphore.release();
      first.cancel();
      expect(await second).toBe(true);
      expect(semaphore.value).toBe(0);
      semaphore.release();
      expect([semaphore.value, semaphore.locked()]).toEqual([1, false]);
    });
  });

  it('starts at 1', () => {
    expect(new Semaphore().value).toBe(1);
  });

  it('refuses a start below 0, and what is no number', async () => {
    const below = await errorOf(() => new Semaphore(-1));
    expect(below).toBeInstanceOf(RangeError);
    expect(below.message).toBe('Semaphore initial value must be >= 0');
    expect((await errorOf(() => new Semaphore('2' as never))).message).toBe(
      'value must be a whole number of at least 0, got "2"',
    );
    expect((await errorOf(() => new Semaphore(1.5))).message).toBe(
      'value must be a whole number of at least 0, got 1.5',
    );
  });
});

describe('A bounded semaphore', () => {
  it('cannot be released more often than acquired', async () => {
    await runVirtual(async () => {
      const semaphore = new BoundedSemaphore(1);
      await semaphore.acquire();
      semaphore.release();
      const error = await errorOf(() => semaphore.release());
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('BoundedSemaphore released too many times');
      expect(String(semaphore)).toBe('<BoundedSemaphore [unlocked, value:1]>');
    });
  });
});
