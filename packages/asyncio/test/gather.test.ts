import {
  asCompleted,
  CancelledError,
  coroutine,
  createTask,
  gather,
  getRunningLoop,
  RuntimeError,
  sleep,
  TimeoutError,
  timeout,
  timeoutAt,
  wait,
  waitFor,
  type Future,
} from '@timeloom/asyncio';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

const failing = (ms: number, message: string) => async (): Promise<never> => {
  await sleep(ms);
  throw new Error(message);
};

describe('gather', () => {
  it('runs concurrently and keeps the order of the arguments', async () => {
    await runVirtual(async () => {
      const results = await gather([sleep(30, 'a'), sleep(10, 2), async () => true]);
      expectTypeOf(results).toEqualTypeOf<[string, number, boolean]>();
      expect([results, now()]).toEqual([['a', 2, true], 30]);
    });
  });

  it('fails with the first failure while the others go on', async () => {
    await runVirtual(async () => {
      const slow = createTask(sleep(30, 'slow'));
      const error = await errorOf(async () => await gather([slow, failing(10, 'first'), failing(20, 'second')]));
      expect([error.message, now(), slow.done()]).toEqual(['first', 10, false]);
      expect([await slow, now()]).toEqual(['slow', 30]);
    });
  });

  it('puts failures among the results where that is asked for', async () => {
    await runVirtual(async () => {
      const cancelled = createTask(sleep(5));
      getRunningLoop().callLater(1, () => cancelled.cancel());
      const results = await gather([failing(10, 'no'), cancelled, sleep(1, 1)], { returnExceptions: true });
      expect(results).toEqual([new Error('no'), new CancelledError(''), 1]);
    });
  });

  it('passes its cancellation to all that are not done', async () => {
    await runVirtual(async () => {
      const tasks = [1, 50, 60].map((ms) => createTask(sleep(ms)));
      const all = gather(tasks);
      await sleep(10);
      expect(all.cancel()).toBe(true);
      await errorOf(async () => await all);
      expect(tasks.map((task) => task.cancelled())).toEqual([false, true, true]);
    });
  });

  it('of nothing, or of what is done, is done at once; duplicates count once', async () => {
    await runVirtual(async () => {
      expect(gather([]).result()).toEqual([]);
      const done = createTask(sleep(0, 7));
      await done;
      expect(gather([done, done]).result()).toEqual([7, 7]);
    });
  });

  it('runs a coroutine once that is given several times, also if it has a task already', async () => {
    await runVirtual(async () => {
      let calls = 0;
      const call = coroutine(async () => ++calls)();
      expect(await gather([call, sleep(1, 'slept'), call])).toEqual([1, 'slept', 1]);
      const taken = coroutine(async () => sleep(5, 'taken'))();
      const task = createTask(taken);
      const reused = new RuntimeError('cannot reuse already awaited coroutine');
      expect(await gather([taken, taken], { returnExceptions: true })).toEqual([reused, reused]);
      expect(await task).toBe('taken');
    });
  });

  it('refuses what is not an array of awaitables', async () => {
    await runVirtual(async () => {
      expect(() => gather(42 as never)).toThrow(new TypeError('gather() expects an array of awaitables, got 42'));
      expect(() => gather([sleep(1), 42 as never])).toThrow('a coroutine or an awaitable is required, got 42');
    });
    expect(() => gather([sleep(1)])).toThrow('no running event loop');
  });
});

describe('wait', () => {
  const start = () => [10, 20, 30].map((ms) => createTask(sleep(ms, ms)));
  const results = (futures: Set<Future<number>>) => [...futures].map((future) => future.result());

  it('returns all when all are done', async () => {
    await runVirtual(async () => {
      const [done, pending] = await wait(start());
      expect([results(done), pending.size, now()]).toEqual([[10, 20, 30], 0, 30]);
    });
  });

  it('splits by the deadline when the time is over, cancels nothing and throws nothing', async () => {
    await runVirtual(async () => {
      const tasks = start();
      const [done, pending] = await wait(tasks, { timeoutMs: 25 });
      expect([results(done), [...pending], now()]).toEqual([[10, 20], [tasks[2]], 25]);
      expect(await tasks[2]).toBe(30);
    });
  });

  it('returns with the first, or with the first failure', async () => {
    await runVirtual(async () => {
      const [first] = await wait(start(), { returnWhen: 'FIRST_COMPLETED' });
      expect(results(first)).toEqual([10]);
      const tasks = [createTask(sleep(5)), createTask(failing(15, 'no')), createTask(sleep(50))];
      const [done, pending] = await wait(tasks, { returnWhen: 'FIRST_EXCEPTION' });
      expect([done.size, pending.size, tasks[1]!.exception()]).toEqual([2, 1, new Error('no')]);
    });
  });

  it('leaves no timer and no callback behind', async () => {
    await runVirtual(async () => {
      const task = createTask(sleep(100));
      await wait([task], { timeoutMs: 5 });
      await wait([createTask(sleep(1))], { timeoutMs: 1e6 });
      expect(getRunningLoop().pendingTimers()).toHaveLength(1);
      expect(task.pendingCallbacks()).toEqual([]);
    });
  });

  it('refuses coroutines, nothing, and bad options', async () => {
    await runVirtual(async () => {
      expect(() => wait([sleep(1) as never])).toThrow('Passing coroutines is forbidden, use tasks explicitly.');
      expect(() => wait([])).toThrow(new RangeError('Set of Tasks/Futures is empty.'));
      expect(() => wait(createTask(sleep(1)) as never)).toThrow('expect a list of futures, not a Task');
      expect(() => wait([1 as never])).toThrow('expect a list of futures, got 1 in it');
      expect(() => wait(start(), { returnWhen: 'SOON' as never })).toThrow('Invalid return_when value: SOON');
      expect(() => wait(start(), { timeoutMs: Number.NaN })).toThrow('timeoutMs must be a finite number');
    });
  });
});

describe('timeout', () => {
  it('cancels the body when the time is over', async () => {
    await runVirtual(async () => {
      const error = await errorOf(async () => await timeout(10, async () => await sleep(100)));
      expect(error).toBeInstanceOf(TimeoutError);
      expect([now(), getRunningLoop().statistics().pendingTimers]).toEqual([10, 0]);
    });
  });

  it('gives the result of a body that is in time, and its deadline can move', async () => {
    await runVirtual(async () => {
      const result = await timeout(10, async (scope) => {
        expect([scope.when(), String(scope)]).toEqual([10, '<Timeout [active] when=10>']);
        scope.reschedule(50);
        return await sleep(40, 'in time');
      });
      expect([result, now()]).toEqual(['in time', 40]);
      expect((await errorOf(async () => await timeoutAt(45, () => sleep(9)))).name).toBe('TimeoutError');
      expect(await timeout(null, () => sleep(1e6, 'no limit'))).toBe('no limit');
    });
  });

  it('lets a cancellation from outside stay one', async () => {
    await runVirtual(async () => {
      const task = createTask(async () => await timeout(10, () => sleep(100)));
      getRunningLoop().callLater(10, () => task.cancel());
      expect(await errorOf(async () => await task)).toBeInstanceOf(CancelledError);
    });
  });

  it('of waitFor throws TimeoutError, or gives what is there in time', async () => {
    await runVirtual(async () => {
      expect(await waitFor(sleep(5, 'x'), 10)).toBe('x');
      const task = createTask(sleep(100));
      expect(await errorOf(async () => await waitFor(task, 10))).toBeInstanceOf(TimeoutError);
      expect(task.cancelled()).toBe(true);
      expect(await errorOf(async () => await waitFor(sleep(1), 0))).toBeInstanceOf(TimeoutError);
      expect(await waitFor(sleep(1, 'y'), null)).toBe('y');
    });
  });

  it('refuses bad arguments and being outside of a task', async () => {
    expect(() => timeout(Number.NaN, () => sleep(1))).toThrow('delayMs must be a finite number');
    expect(() => timeout(1, 42 as never)).toThrow('a callable object was expected by timeout(), got 42');
    expect(() => waitFor(42 as never, 1)).toThrow('waitFor() expects an awaitable, got 42');
    expect(() => waitFor(sleep(1), '5' as never)).toThrow('timeoutMs must be a number of milliseconds, got "5"');
  });
});

describe('asCompleted', () => {
  it('gives results in the order of completion', async () => {
    await runVirtual(async () => {
      const seen: [number, number][] = [];
      for (const next of asCompleted([30, 10, 20].map((ms) => sleep(ms, ms)))) seen.push([await next, now()]);
      expect(seen).toEqual([
        [10, 10],
        [20, 20],
        [30, 30],
      ]);
    });
  });

  it('gives TimeoutError for all that are not done in time', async () => {
    await runVirtual(async () => {
      const outcomes: string[] = [];
      for (const next of asCompleted([sleep(1, 'a'), sleep(50), sleep(60)], { timeoutMs: 10 })) {
        outcomes.push(await Promise.resolve(next).then(String, (error: Error) => error.name));
      }
      expect(outcomes).toEqual(['a', 'TimeoutError', 'TimeoutError']);
    });
  });

  it('refuses a single awaitable', async () => {
    await runVirtual(async () => {
      expect(() => asCompleted(sleep(1) as never)).toThrow('expects an iterable of awaitables, not a Coroutine');
    });
  });
});
