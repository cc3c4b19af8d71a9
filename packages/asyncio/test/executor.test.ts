import {
  CancelledError,
  ContextVar,
  createTask,
  gather,
  getRunningLoop,
  InvalidStateError,
  isCancelled,
  job,
  run,
  RuntimeError,
  SimulatedExecutor,
  sleep,
  toThread,
  VirtualClock,
  type ConcurrentFuture,
  type Executor,
} from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

/** The number of turns that `action` takes. */
async function turnsOf(action: () => PromiseLike<unknown>): Promise<number> {
  const loop = getRunningLoop();
  const before = loop.statistics().turns;
  await action();
  return loop.statistics().turns - before;
}

describe('loop.runInExecutor', () => {
  it('gives the result of a function when its time has passed', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const result = await loop.runInExecutor(null, () => 6 * 7, { durationMs: 50 });
      expect([result, now()]).toEqual([42, 50]);
    });
  });

  it('takes three turns for a job that takes no time: it completes, is copied, and the task goes on', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      expect(await turnsOf(() => loop.runInExecutor(null, () => 1))).toBe(3);
    });
  });

  it('throws what the function throws', async () => {
    await runVirtual(async () => {
      const fail = () => {
        throw new Error('disk full');
      };
      const error = await errorOf(() => getRunningLoop().runInExecutor(null, fail, { durationMs: 5 }));
      expect([error.message, now()]).toEqual(['disk full', 5]);
    });
  });

  it('does not stop a job that runs when its future is cancelled', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const future = getRunningLoop().runInExecutor(null, () => log.push('ran'), { durationMs: 10 });
      future.cancel();
      expect(await errorOf(() => future)).toBeInstanceOf(CancelledError);
      await sleep(20);
      expect([log, future.cancelled()]).toEqual([['ran'], true]);
    });
  });

  it('runs in an empty context', async () => {
    await runVirtual(async () => {
      const user = new ContextVar('user', { default: 'nobody' });
      user.set('ann');
      expect(await getRunningLoop().runInExecutor(null, () => user.get())).toBe('nobody');
      expect(await toThread(() => user.get())).toBe('ann');
    });
  });

  it('refuses what is no function, a promise, and a bad duration', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      expect((await errorOf(() => loop.runInExecutor(null, 42 as never))).message).toBe(
        'a callable object was expected by submit(), got 42',
      );
      expect((await errorOf(() => loop.runInExecutor(null, async () => 1))).message).toBe(
        'an executor runs synchronous functions: for a promise, use loop.external(promise)',
      );
      expect(await errorOf(() => loop.runInExecutor(null, () => 1, { durationMs: Infinity }))).toBeInstanceOf(
        RangeError,
      );
    });
  });

  it('uses another executor if it is given one, also as the default', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const one = new SimulatedExecutor({ workers: 1 });
      const pair = [1, 2].map((n) => loop.runInExecutor(one, () => n, { durationMs: 10 }));
      expect([await gather(pair), now()]).toEqual([[1, 2], 20]);
      loop.setDefaultExecutor(one);
      expect(await gather([1, 2].map((n) => loop.runInExecutor(null, () => n, { durationMs: 10 })))).toEqual([1, 2]);
      expect(now()).toBe(40);
      expect((await errorOf(() => loop.setDefaultExecutor({} as Executor))).message).toBe(
        'executor must be an Executor, with a submit method, got an object',
      );
    });
  });
});

describe('toThread', () => {
  it('passes arguments on, and runs nothing before it is awaited', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const add = job(
        (a: number, b: number) => {
          log.push(`adds at ${now()}`);
          return a + b;
        },
        { durationMs: 30 },
      );
      const call = toThread(add, 1, 2);
      await sleep(10);
      expect(await call).toBe(3);
      expect([log, now()]).toEqual([['adds at 10'], 40]);
    });
  });

  it('lets the task go on elsewhere, like a thread', async () => {
    await runVirtual(async () => {
      const slow = job(() => 'slow', { durationMs: 100 });
      expect(await gather([toThread(slow), toThread(slow), sleep(100, 'sleep')])).toEqual(['slow', 'slow', 'sleep']);
      expect(now()).toBe(100);
    });
  });

  it('refuses what is no function', async () => {
    expect(await errorOf(() => toThread('f' as never))).toBeInstanceOf(TypeError);
    expect(await errorOf(() => job(() => 1, { durationMs: '5' as never }))).toBeInstanceOf(TypeError);
  });
});

describe('A simulated executor', () => {
  it('runs as many jobs at a time as it has workers, in order', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const executor = new SimulatedExecutor({ workers: 2 });
      const log: string[] = [];
      const work = (name: string, durationMs: number) => async () => {
        await loop.runInExecutor(executor, () => log.push(`${now()} ${name} starts`), { durationMs });
        log.push(`${now()} ${name} ends`);
      };
      const all = gather([work('a', 30), work('b', 10), work('c', 10), work('d', 0)]);
      await sleep(5);
      expect(inspect(executor)).toBe('<SimulatedExecutor running=2/2 waiting=2>');
      await all;
      expect(log).toEqual([
        '0 a starts',
        '0 b starts',
        '10 c starts',
        '10 b ends',
        '20 d starts',
        '20 c ends',
        '20 d ends',
        '30 a ends',
      ]);
    });
  });

  it('drops a job that is cancelled before it gets a worker', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const executor = new SimulatedExecutor({ workers: 1 });
      const log: string[] = [];
      const first = loop.runInExecutor(executor, () => log.push('first'), { durationMs: 10 });
      const second = loop.runInExecutor(executor, () => log.push('second'), { durationMs: 10 });
      const third = loop.runInExecutor(executor, () => log.push('third'), { durationMs: 10 });
      second.cancel();
      await first;
      await third;
      expect([log, now()]).toEqual([['first', 'third'], 20]);
    });
  });

  it('takes nothing on after its shutdown, and finishes what it has', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const executor = new SimulatedExecutor({ workers: 1 });
      const futures = [1, 2].map((n) => loop.runInExecutor(executor, () => n, { durationMs: 10 }));
      executor.shutdown();
      const error = await errorOf(() => loop.runInExecutor(executor, () => 3));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error.message).toBe('cannot schedule new futures after shutdown');
      await executor.waitUntilIdle();
      expect(now()).toBe(20);
      expect(await gather(futures)).toEqual([1, 2]);
    });
  });

  it('can cancel what waits at its shutdown', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const executor = new SimulatedExecutor({ workers: 1 });
      const [first, second] = [1, 2].map((n) => loop.runInExecutor(executor, () => n, { durationMs: 10 }));
      executor.shutdown({ cancelFutures: true });
      expect(isCancelled(await errorOf(() => second))).toBe(true);
      expect(await first).toBe(1);
    });
  });

  it('needs a positive number of workers', async () => {
    expect(await errorOf(() => new SimulatedExecutor({ workers: 0 }))).toBeInstanceOf(RangeError);
    expect(await errorOf(() => new SimulatedExecutor({ workers: 'two' as never }))).toBeInstanceOf(TypeError);
  });
});

describe('The end of a run', () => {
  it('waits for the jobs of the default executor', async () => {
    const clock = new VirtualClock();
    await run(async () => void getRunningLoop().runInExecutor(null, () => 1, { durationMs: 70 }), { clock });
    expect(clock.now()).toBe(70);
  });

  it('lets the default executor take nothing more on', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      await loop.shutdownDefaultExecutor();
      expect((await errorOf(() => loop.runInExecutor(null, () => 1))).message).toBe(
        'Executor shutdown has been called',
      );
    });
  });

  it('may give up waiting, and says so', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const reports: string[] = [];
      loop.setExceptionHandler((_, report) => reports.push(report.message));
      const future = loop.runInExecutor(null, () => 1, { durationMs: 70 });
      await loop.shutdownDefaultExecutor(10);
      expect(now()).toBe(10);
      expect(reports).toEqual([
        'The executor did not finish its jobs within 10 ms: <SimulatedExecutor running=1/32 waiting=0 shutdown>',
      ]);
      await future;
    });
  });
});

describe('A concurrent future', () => {
  it('calls back at once, and cannot be cancelled once it runs', async () => {
    await runVirtual(async () => {
      const executor = new SimulatedExecutor();
      const future: ConcurrentFuture<number> = executor.submit(() => 1, getRunningLoop(), { durationMs: 10 });
      const log: unknown[] = [];
      future.addDoneCallback((done) => log.push(done.result(), now()));
      expect([future.running(), future.cancel(), String(future)]).toEqual([true, false, '<ConcurrentFuture running>']);
      expect(await errorOf(() => future.result())).toBeInstanceOf(InvalidStateError);
      await sleep(20);
      expect(log).toEqual([1, 10]);
      future.addDoneCallback(() => log.push('late'));
      expect(log).toEqual([1, 10, 'late']);
      expect([future.exception(), future.cancel(), inspect(future)]).toEqual([
        null,
        false,
        '<ConcurrentFuture finished returned 1>',
      ]);
      expect(await errorOf(() => future.setResult(2))).toBeInstanceOf(InvalidStateError);
      createTask(sleep(0));
    });
  });
});
