import {
  allTasks,
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  sleep,
  type Task,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

/** A task that sleeps for ever and logs how it ends. */
function sleeper(log: string[], name = 'sleeper'): Task<void> {
  const body = async () => {
    try {
      await sleep(Infinity);
    } catch (error) {
      log.push(`${name}: ${isCancelled(error) ? `cancelled ${error.message}` : String(error)}`);
      throw error;
    }
  };
  return createTask(body, { name });
}

describe('A task', () => {
  it('starts in the next turn, in the order of creation', async () => {
    await runVirtual(async () => {
      const order: number[] = [];
      for (const n of [1, 2, 3]) createTask(async () => order.push(n));
      expect(order).toEqual([]);
      await sleep(0);
      expect(order).toEqual([1, 2, 3]);
    });
  });

  it('is the current one in its steps, and nobody is in callbacks', async () => {
    await runVirtual(async () => {
      const seen: unknown[] = [];
      const task: Task = createTask(async () => {
        seen.push(currentTask() === task);
        await sleep(1);
        seen.push(currentTask() === task);
      });
      getRunningLoop().callSoon(() => seen.push(currentTask()));
      await task;
      expect(seen).toEqual([true, null, true]);
    });
  });

  it('has a name, by default a number of its loop', async () => {
    await runVirtual(async () => {
      const [plain, named] = [createTask(sleep(1)), createTask(sleep(1), { name: 'nap' })];
      expect([currentTask()!.getName(), plain.getName(), named.getName()]).toEqual(['Task-1', 'Task-2', 'nap']);
      named.setName('siesta');
      expect(named.getName()).toBe('siesta');
    });
  });

  it('makes text of what is given as its name', async () => {
    await runVirtual(async () => {
      const odd = createTask(sleep(1), { name: { toString: () => 'odd' } as never });
      const none = createTask(sleep(1), { name: null as never });
      expect([odd.getName(), none.getName()]).toEqual(['odd', 'Task-2']);
      odd.setName(7 as never);
      expect(odd.getName()).toBe('7');
    });
  });

  it('keeps its name when it is cancelled, and can be renamed then', async () => {
    await runVirtual(async () => {
      const tasks = [createTask(sleep(1)), createTask(sleep(1), { name: 'nap' })];
      for (const task of tasks) expect(task.cancel('enough')).toBe(true);
      expect(tasks.map((task) => [task.getName(), task.cancelling()])).toEqual([
        ['Task-2', 1],
        ['nap', 1],
      ]);
      for (const task of tasks) task.setName(`late ${task.getName()}`);
      await sleep(2);
      expect(tasks.map((task) => [task.getName(), task.cancelled()])).toEqual([
        ['late Task-2', true],
        ['late nap', true],
      ]);
      expect(tasks.map((task) => task.uncancel())).toEqual([0, 0]);
    });
  });

  it('is listed until it is done', async () => {
    await runVirtual(async () => {
      const tasks = [3, 1, 2].map((ms) => createTask(sleep(ms)));
      expect([...allTasks()]).toEqual([currentTask(), ...tasks]);
      await tasks[1];
      expect([...allTasks()]).toEqual([currentTask(), tasks[0], tasks[2]]);
    });
  });

  it('is made of a coroutine only, and gives no result by hand', async () => {
    await runVirtual(async () => {
      expect(() => createTask(42 as never)).toThrow(new TypeError('a coroutine was expected, got 42'));
      expect(() => createTask(Promise.resolve() as never)).toThrow(
        'a coroutine was expected, got a Promise: an async function that was called has begun, so give the function',
      );
      const task = createTask(sleep(1));
      expect(() => task.setResult()).toThrow('Task does not support set_result operation');
      expect(() => task.setException()).toThrow('Task does not support set_exception operation');
    });
    expect(() => createTask(sleep(1))).toThrow('no running event loop');
  });

  it('that awaits itself is told so', async () => {
    await runVirtual(async () => {
      const self: Task = createTask(async () => await self);
      expect((await errorOf(async () => await self)).message).toMatch(/^Task cannot await on itself: <Task pending/);
    });
  });
});

describe('Cancelling a task', () => {
  it('throws CancelledError where it awaits, with the message', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const task = sleeper(log);
      await sleep(5);
      expect(task.cancel('enough')).toBe(true);
      expect(await errorOf(async () => await task)).toEqual(new CancelledError('enough'));
      expect([log, task.cancelled(), task.cancel(), now()]).toEqual([['sleeper: cancelled enough'], true, false, 5]);
    });
  });

  it('before its first step prevents that it ever starts', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const task = sleeper(log);
      task.cancel();
      await sleep(0);
      expect([task.cancelled(), log]).toEqual([true, []]);
    });
  });

  it('leaves no timer behind', async () => {
    await runVirtual(async () => {
      const task = createTask(sleep(1e9));
      await sleep(1);
      task.cancel();
      expect(getRunningLoop().statistics().pendingTimers).toBe(0);
    });
  });

  it('can be refused, counted and taken back', async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        try {
          await sleep(100);
        } catch {
          currentTask()!.uncancel();
        }
        await sleep(1);
        return 'survived';
      });
      await sleep(1);
      task.cancel();
      expect([task.cancelling(), String(task).startsWith('<Task cancelling ')]).toEqual([1, true]);
      expect(await task).toBe('survived');
      expect(task.cancelling()).toBe(0);
    });
  });

  it('reaches through the tasks it awaits, innermost first', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const inner = sleeper(log, 'inner');
      const outer = createTask(async () => {
        try {
          await inner;
        } finally {
          log.push('outer');
        }
      });
      await sleep(1);
      outer.cancel('both');
      await errorOf(async () => await outer);
      expect([log, inner.cancelled(), outer.cancelled()]).toEqual([['inner: cancelled both', 'outer'], true, true]);
    });
  });

  it('arrives at the next future if a native promise is awaited', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const work = new Promise<void>((resolve) => getRunningLoop().callLater(5, resolve));
      const task = createTask(async () => {
        await work;
        log.push(`native at ${now()}`);
        await sleep(5);
        log.push('not reached');
      });
      await sleep(1);
      task.cancel();
      await errorOf(async () => await task);
      expect(log).toEqual(['native at 5']);
    });
  });

  it('aborts the signal of the task, in a step of its own', async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        const { signal } = currentTask()!;
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      });
      await sleep(1);
      task.cancel('stop');
      expect(task.signal.aborted).toBe(false);
      expect(await errorOf(async () => await task)).toEqual(new CancelledError('stop'));
      expect([task.signal.aborted, task.cancelled()]).toEqual([true, true]);
    });
  });

  it('cancels all that it waits for if that is a Promise.all over futures', async () => {
    await runVirtual(async () => {
      const futures = [1, 2].map(() => getRunningLoop().createFuture());
      const task = createTask(async () => void (await Promise.all(futures)));
      await sleep(1);
      task.cancel();
      expect(await errorOf(async () => await task)).toBeInstanceOf(CancelledError);
      expect(futures.map((future) => future.cancelled())).toEqual([true, true]);
    });
  });
});

describe('The text of a task', () => {
  it('tells its state, name, coroutine and result', async () => {
    const work = coroutine(async function work(ms: number) {
      await sleep(ms);
      if (ms > 1) throw new RangeError('too long');
      return ['a', { b: 1 }];
    });
    await runVirtual(async () => {
      const [good, bad, never] = [createTask(work(1)), createTask(work(2)), createTask(work(3), { name: 'x' })];
      good.addDoneCallback(function report() {});
      const place = String.raw`task\.test\.ts:\d+`;
      expect(String(good)).toMatch(
        new RegExp(`^<Task pending name='Task-2' coro=<work\\(\\) running at ${place}> cb=\\[report\\(\\)\\]>$`),
      );
      await sleep(2.5);
      never.cancel();
      await sleep(0);
      expect(String(good)).toMatch(
        new RegExp(`^<Task finished name='Task-2' coro=<work\\(\\) done, defined at ${place}> result=\\['a', {b}\\]>$`),
      );
      expect(String(bad)).toMatch(/ exception=RangeError\('too long'\)>$/);
      expect(String(never)).toMatch(/^<Task cancelled name='x' coro=<work\(\) done/);
    });
  });
});
