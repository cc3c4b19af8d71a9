import {
  AsyncioEventLoop,
  coroutine,
  createTask,
  currentTask,
  DeadlockError,
  gather,
  getEventLoopPolicy,
  getRunningLoop,
  isCancelled,
  LivelockError,
  Lock,
  newEventLoop,
  run,
  Runner,
  setEventLoopPolicy,
  sleep,
  VirtualClock,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual, virtualLoop } from './helpers.ts';

describe('run', () => {
  it('gives the result, cancels what is left, and closes the loop', async () => {
    const log: string[] = [];
    let loop!: AsyncioEventLoop;
    const result = await runVirtual(async () => {
      loop = getRunningLoop();
      createTask(async () => {
        try {
          await sleep(1e6);
        } catch (error) {
          log.push(isCancelled(error) ? 'cancelled' : 'failed');
          await sleep(5);
          log.push('cleaned up');
          throw error;
        }
      });
      await sleep(1);
      return 42;
    });
    expect([result, log, loop.isClosed(), loop.time()]).toEqual([42, ['cancelled', 'cleaned up'], true, 6]);
  });

  it('passes a failure on, after the cleanup', async () => {
    const log: string[] = [];
    const error = await errorOf(() =>
      runVirtual(async () => {
        createTask(async () => {
          try {
            await sleep(10);
          } finally {
            log.push('finally');
          }
        });
        await sleep(1);
        throw new Error('main');
      }),
    );
    expect([error.message, log]).toEqual(['main', ['finally']]);
  });

  it('reports tasks that fail during the cleanup', async () => {
    const reports: string[] = [];
    await runVirtual(async () => {
      getRunningLoop().setExceptionHandler((_, report) =>
        reports.push(`${report.message}: ${String(report.exception)}`),
      );
      createTask(async () => {
        try {
          await sleep(10);
        } catch {
          throw new Error('in cleanup');
        }
      });
      await sleep(1);
    });
    expect(reports).toEqual(['unhandled exception during asyncio.run() shutdown: Error: in cleanup']);
  });

  it('is refused inside of a running loop, and for what is not a program', async () => {
    await runVirtual(async () => {
      expect((await errorOf(() => run(async () => 1))).message).toBe(
        'asyncio.run() cannot be called from a running event loop',
      );
    });
    expect((await errorOf(() => run(42 as never))).message).toBe('a coroutine was expected, got 42');
  });
});

describe('A program that cannot end', () => {
  it('names the task, what it awaits and where', async () => {
    const log: string[] = [];
    const error = (await errorOf(() =>
      runVirtual(async function main() {
        const future = getRunningLoop().createFuture();
        const worker = createTask(
          async function worker() {
            try {
              await future;
            } finally {
              log.push('finally');
            }
          },
          { name: 'worker' },
        );
        await worker;
      }),
    )) as DeadlockError;
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error.waiting).toMatchObject([
      { name: 'Task-1 main()', heldBy: 'worker', at: expect.stringMatching(/run\.test\.ts:\d+:\d+$/) as string },
      { name: 'worker worker()', awaits: '<Future pending cb=[Task.task_wakeup()]>' },
    ]);
    expect(error.message).toMatch(/worker worker\(\) awaits <Future pending .*\n {4}at .*run\.test\.ts:\d+:\d+/);
    expect(log).toEqual(['finally']);
  });

  it('names the line of the await of a lock, and of a sleep without end', async () => {
    const error = (await errorOf(() =>
      runVirtual(async () => {
        const lock = new Lock();
        await lock.acquire();
        createTask(async () => void (await lock.acquire()), { name: 'native' });
        createTask(
          function* () {
            yield* lock.acquire();
          },
          { name: 'generator' },
        );
        await sleep(Infinity);
      }),
    )) as DeadlockError;
    const place = expect.stringMatching(/run\.test\.ts:\d+:\d+$/) as string;
    expect(error.waiting).toMatchObject([{ at: place }, { name: 'native function()', at: place }, { at: place }]);
    expect(new Set(error.waiting.map((node) => node.at)).size).toBe(3);
  });

  it('names no earlier await for a native promise', async () => {
    const error = (await errorOf(() =>
      runVirtual(async () => {
        const done = getRunningLoop().createFuture<number>();
        done.setResult(1);
        await done;
        await coroutine(async () => 1)();
        await new Promise(() => {});
      }),
    )) as DeadlockError;
    expect(error.waiting[0]!.at).toBeUndefined();
  });

  it('points at an unmarked native promise', async () => {
    const error = await errorOf(() => runVirtual(async () => await new Promise(() => {})));
    expect(error.message).toContain('awaits a promise that is not the loop’s');
    expect(error.message).toContain('mark real work with loop.external(promise)');
  });

  it('because it spins at one instant ends with LivelockError, and its tasks with it', async () => {
    let ended = false;
    const spin = async () => {
      try {
        for (;;) await sleep(0);
      } finally {
        ended = true;
      }
    };
    expect(await errorOf(() => runVirtual(spin, { maxStepsPerInstant: 1000 }))).toBeInstanceOf(LivelockError);
    expect(ended).toBe(true);
  });
});

describe('Runner', () => {
  it('runs several programs on one loop and closes it', async () => {
    const runner = new Runner({ clock: new VirtualClock() });
    const loop = runner.getLoop();
    await runner.run(async () => await sleep(5));
    expect(await runner.run(async () => getRunningLoop() === loop && loop.time())).toBe(5);
    await runner.close();
    await runner.close();
    expect(loop.isClosed()).toBe(true);
    expect(() => runner.getLoop()).toThrow('Runner is closed');
    expect((await errorOf(() => runner.run(async () => 1))).message).toBe('Runner is closed');
  });
});

describe('A loop', () => {
  it('is known as the running one in its steps only', async () => {
    expect(() => getRunningLoop()).toThrow('no running event loop');
    const loop = virtualLoop();
    expect(await loop.runUntilComplete(async () => getRunningLoop())).toBe(loop);
  });

  it('is made by the policy', async () => {
    const policy = { newEventLoop: () => virtualLoop() };
    const before = getEventLoopPolicy();
    setEventLoopPolicy(policy);
    try {
      expect(newEventLoop().clock.virtual).toBe(true);
      expect(await run(async () => await sleep(3_600_000, 'an hour'))).toBe('an hour');
    } finally {
      setEventLoopPolicy(before);
    }
    expect(newEventLoop().clock.virtual).toBe(false);
    expect(() => setEventLoopPolicy({} as never)).toThrow('setEventLoopPolicy() expects an object with newEventLoop()');
  });

  it('waits for external work, which can be cancelled', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      expect(await loop.external(new Promise((resolve) => setTimeout(() => resolve('real'), 1)))).toBe('real');
      const task = createTask(async () => await loop.external(new Promise((resolve) => setTimeout(resolve, 1))));
      await sleep(0);
      task.cancel();
      await errorOf(async () => await task);
      expect([task.cancelled(), loop.time()]).toEqual([true, 0]);
    });
  });

  it('cannot be used after close', async () => {
    const loop = virtualLoop();
    loop.close();
    expect(() => loop.createTask(sleep(1))).toThrow('Event loop is closed');
    expect(() => loop.createFuture()).toThrow('Event loop is closed');
    expect((await errorOf(() => loop.runUntilComplete(sleep(1)))).message).toBe('Event loop is closed');
  });
});

describe('A task that awaits real work on a real clock', () => {
  const real = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('goes on as itself, and can use the loop', async () => {
    const log: Record<string, unknown[]> = {};
    const worker = (name: string) => async () => {
      await real(1);
      log[name] = [currentTask()?.getName(), getRunningLoop().clock.virtual];
      await sleep(1);
      log[name].push(currentTask()?.getName());
    };
    await run(async () => {
      await real(1);
      await gather(['a', 'b', 'c'].map((name) => createTask(worker(name), { name })));
      await real(1);
      await sleep(1);
    });
    expect(log).toEqual({ a: ['a', false, 'a'], b: ['b', false, 'b'], c: ['c', false, 'c'] });
  });

  it('can be cancelled at its next wait', async () => {
    const log: string[] = [];
    await run(async () => {
      const task = createTask(async () => {
        await real(2);
        log.push('real work done');
        await sleep(60_000);
        log.push('not reached');
      });
      await sleep(1);
      task.cancel();
      expect(isCancelled(await errorOf(async () => await task))).toBe(true);
    });
    expect(log).toEqual(['real work done']);
  });
});

describe('sleep', () => {
  it('refuses what is no number of milliseconds', () => {
    expect(() => sleep(Number.NaN)).toThrow(new RangeError('delayMs must be a number of milliseconds, got NaN'));
    expect(() => sleep('1' as never)).toThrow(new TypeError('delayMs must be a number of milliseconds, got "1"'));
  });

  it('needs a running loop', async () => {
    expect((await errorOf(async () => await sleep(1))).message).toBe('no running event loop');
  });
});
