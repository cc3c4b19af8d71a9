import {
  Coroutine,
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  isCancelled,
  sleep,
} from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

/** What a program does with a sleep that was made 5 ms ago, and the time it is then. */
const later = (use: (nap: Coroutine<string>) => unknown): Promise<[unknown, number]> =>
  runVirtual(async () => {
    const nap = sleep(10, 'slept');
    await sleep(5);
    return [await use(nap), now()];
  });

const throughGenerator = coroutine(function* through(nap: Coroutine<string>) {
  return yield* nap;
});

describe('A sleep', () => {
  it.each<[string, (nap: Coroutine<string>) => unknown]>([
    ['await', (nap) => nap],
    ['yield*', throughGenerator],
    ['createTask', (nap) => createTask(nap)],
    ['gather', async (nap) => (await gather([nap]))[0]],
    ['Promise.all', async (nap) => (await Promise.all([nap, sleep(1)]))[0]],
    ['Promise.race', (nap) => Promise.race([nap, sleep(100)])],
    ['Promise.resolve', (nap) => Promise.resolve(nap)],
    ['then', (nap) => new Promise((resolve) => void nap.then(resolve))],
    ['return', async (nap) => nap],
  ])('begins with %s, and not when it is made', async (_, use) => {
    expect(await later(use)).toEqual(['slept', 15]);
  });

  it.each<[string, (nap: object) => unknown]>([
    ['prints it', (nap) => inspect(nap)],
    ['prints a list of it', (nap) => inspect([nap])],
    ['makes a string of it', (nap) => String(nap)],
    ['asks what it is', (nap) => Object.prototype.toString.call(nap)],
    ['looks at its prototype', (nap) => (Object.getPrototypeOf(nap) as object).constructor],
  ])('does not begin where somebody %s', async (_, look) => {
    const program = runVirtual(async () => {
      const nap = sleep(10);
      look(nap);
      await sleep(5);
      expect([nap.started, currentTask()!.isSuspended]).toEqual([false, false]);
      await nap;
      return now();
    });
    expect(await program).toBe(15);
  });

  it('that nobody awaits leaves no timer behind, printed or not', async () => {
    await runVirtual(async () => {
      inspect(sleep(10));
      sleep(20);
      expect(getRunningLoop().statistics().pendingTimers).toBe(0);
    });
  });

  it('is a coroutine, and shows itself as one', async () => {
    expect(sleep(1)).toBeInstanceOf(Coroutine);
    expect([inspect(sleep(1)), sleep(1)[Symbol.toStringTag]]).toEqual(['<coroutine object sleep>', 'Coroutine']);
    await runVirtual(async () => {
      const task = createTask(sleep(1));
      expect(String(task)).toBe("<Task pending name='Task-2' coro=<sleep() running>>");
      await task;
    });
  });

  it('that was awaited is a promise: it may be awaited again, and gives the same', async () => {
    await runVirtual(async () => {
      const nap = sleep(10, 'slept');
      const promise = Promise.resolve(nap);
      expect([await promise, await promise, await nap, now()]).toEqual(['slept', 'slept', 'slept', 10]);
      let ended = false;
      const result = await Promise.resolve(sleep(1, 'again')).finally(() => {
        ended = true;
      });
      expect([result, ended, now()]).toEqual(['again', true, 11]);
    });
  });

  it('that was begun by a generator or a task cannot be awaited again', async () => {
    await runVirtual(async () => {
      for (const begin of [throughGenerator, (nap: Coroutine<string>) => createTask(nap)]) {
        const nap = sleep(10, 'slept');
        await begin(nap);
        expect((await errorOf(() => nap)).message).toBe('cannot reuse already awaited coroutine');
      }
      const awaited = sleep(10);
      await awaited;
      expect((await errorOf(() => createTask(awaited))).message).toBe('cannot reuse already awaited coroutine');
    });
  });

  it.each([10, 0, Infinity])('of %d ms ends with the cancellation of the task, in its next step', async (delayMs) => {
    const log: string[] = [];
    const sleeper = async (): Promise<void> => {
      try {
        await sleep(delayMs);
      } catch (error) {
        log.push(`${isCancelled(error) && error.message} at ${now()}`);
        await sleep(3);
        log.push(`cleaned up at ${now()}`);
        throw error;
      }
    };
    await runVirtual(async () => {
      const task = createTask(sleeper);
      await sleep(0);
      task.cancel('enough');
      expect((await errorOf(() => task)).message).toBe('enough');
      expect(getRunningLoop().statistics().pendingTimers).toBe(0);
    });
    expect(log).toEqual(['enough at 0', 'cleaned up at 3']);
  });

  it('cancelled through Promise.all cancels all that the task waits for', async () => {
    await runVirtual(async () => {
      const task = createTask(async () => Promise.all([sleep(10), sleep(20), sleep(Infinity)]));
      await sleep(1);
      task.cancel();
      expect(isCancelled(await errorOf(() => task))).toBe(true);
      expect(getRunningLoop().statistics().pendingTimers).toBe(0);
    });
  });

  it('of a callback belongs to no task', async () => {
    await runVirtual(async () => {
      const woke: unknown[] = [];
      getRunningLoop().callSoon(async () => {
        await sleep(5);
        woke.push(currentTask(), now());
      });
      await sleep(10);
      expect(woke).toEqual([null, 5]);
    });
  });

  it('fails outside of a loop, and not before it is awaited', async () => {
    const nap = sleep(10);
    expect(nap.constructor).toBe(Coroutine);
    expect((await errorOf(() => nap)).message).toBe('no running event loop');
  });
});
