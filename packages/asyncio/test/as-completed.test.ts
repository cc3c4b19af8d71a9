import { asCompleted, coroutine, createTask, getRunningLoop, sleep, TimeoutError } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

describe('for await over asCompleted', () => {
  it('gives the tasks themselves, in the order in which they are done', async () => {
    await runVirtual(async () => {
      const tasks = [30, 10, 20].map((delay) => createTask(sleep(delay, delay), { name: `sleep ${delay}` }));
      const seen: string[] = [];
      for await (const task of asCompleted(tasks)) {
        expect(task.done()).toBe(true);
        seen.push(`${task.getName()} at ${now()}`);
      }
      expect(seen).toEqual(['sleep 10 at 10', 'sleep 20 at 20', 'sleep 30 at 30']);
    });
  });

  it('gives futures for coroutines, and lets a failure be looked at', async () => {
    await runVirtual(async () => {
      const fail = coroutine(async () => {
        await sleep(5);
        throw new Error('no');
      });
      const seen: unknown[] = [];
      for await (const future of asCompleted([sleep(10, 'slept'), fail()])) {
        const error = future.exception();
        seen.push(error === null ? future.result() : (error as Error).message);
      }
      expect(seen).toEqual(['no', 'slept']);
    });
  });

  it('throws when the time is over', async () => {
    await runVirtual(async () => {
      const seen: unknown[] = [];
      const error = await errorOf(async () => {
        for await (const future of asCompleted([sleep(10, 'early'), sleep(1000, 'late')], { timeoutMs: 50 })) {
          seen.push(future.result());
        }
      });
      expect(error).toBeInstanceOf(TimeoutError);
      expect([seen, now()]).toEqual([['early'], 50]);
    });
  });

  it('serves generator coroutines step by step', async () => {
    const main = coroutine(function* () {
      const iterator = asCompleted([sleep(2, 'b'), sleep(1, 'a')])[Symbol.asyncIterator]();
      const seen: unknown[] = [];
      for (;;) {
        const { done, value } = yield* iterator.next();
        if (done === true) return seen;
        seen.push(value.result());
      }
    });
    expect(await runVirtual(main())).toEqual(['a', 'b']);
  });

  it('can be left early', async () => {
    await runVirtual(async () => {
      const tasks = [createTask(sleep(1)), createTask(sleep(1000))];
      for await (const task of asCompleted(tasks)) {
        expect(task).toBe(tasks[0]);
        break;
      }
      expect([now(), tasks[1]!.done()]).toEqual([1, false]);
    });
  });

  it('ends at once over nothing', async () => {
    await runVirtual(async () => {
      for await (const _ of asCompleted([], { timeoutMs: 10 })) throw new Error('nothing to give');
      expect(getRunningLoop().statistics().pendingTimers).toBe(0);
    });
  });
});

describe('for over asCompleted', () => {
  it('gives each result once, also to several loops', async () => {
    await runVirtual(async () => {
      const completions = asCompleted([sleep(2, 'b'), sleep(1, 'a'), sleep(3, 'c')]);
      const seen: string[] = [];
      for (const next of completions) {
        seen.push(await next);
        break;
      }
      for (const next of completions) seen.push(await next);
      expect(seen).toEqual(['a', 'b', 'c']);
    });
  });

  it('lets every step that is left throw when the time is over', async () => {
    await runVirtual(async () => {
      const errors: Error[] = [];
      for (const next of asCompleted([sleep(100), sleep(200)], { timeoutMs: 10 })) {
        errors.push(await errorOf(() => next));
      }
      expect(errors.map((error) => error.name)).toEqual(['TimeoutError', 'TimeoutError']);
      expect(now()).toBe(10);
    });
  });
});
