import { describe, expect, it } from 'vitest';
import { inspect } from 'node:util';
import {
  AsyncioEventLoop,
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  Operation,
  run,
  sleep,
  VirtualClock,
  waitFor,
} from '../src/index.ts';

const start = <T>(label: string, work?: () => T): Operation<T> =>
  new Operation(getRunningLoop(), { label, work, latencyMs: null });

const virtual = { loopFactory: () => new AsyncioEventLoop({ clock: new VirtualClock() }) };

async function runs<T>(main: () => Promise<T>): Promise<T> {
  return await run(coroutine(main)(), virtual);
}

describe('An operation', () => {
  it('does its work when it completes, and gives its result to whoever awaits it', async () => {
    const log: string[] = [];
    const result = await runs(async () => {
      const operation = start('read', () => {
        log.push('works');
        return 7;
      });
      log.push('started');
      return await operation;
    });
    expect([result, log]).toEqual([7, ['started', 'works']]);
  });

  it('lets its task go on in the step in which it completes', async () => {
    const steps: string[] = [];
    const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
    loop.observe({ stepStarted: (handle) => void steps.push(`${handle.label}/${handle.resumes?.label ?? '-'}`) });
    const main = coroutine(async () => {
      await start('one');
      steps.push('goes on');
      await start('two');
    });
    await loop.runUntilComplete(main());
    loop.close();
    expect(steps.slice(1, 4)).toEqual(['one/Task-1', 'goes on', 'two/Task-1']);
  });

  it('is that of its task alone once the task waits for nothing else', async () => {
    const steps: string[] = [];
    const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
    loop.observe({ stepStarted: (handle) => void steps.push(`${handle.label}/${handle.resumes?.label ?? '-'}`) });
    await loop.runUntilComplete(coroutine(async () => void (await Promise.all([start('one'), start('two')])))());
    loop.close();
    expect(steps.slice(1, 3)).toEqual(['one/-', 'two/Task-1']);
  });

  it('is a promise: then, catch and finally give promises', async () => {
    const results = await runs(async () => {
      const doubled = start('a', () => 2).then((value) => value * 2);
      const caught = start('b', () => {
        throw new Error('broken');
      }).catch((error: Error) => error.message);
      const last = start('c', () => 3).finally(() => {});
      expect(doubled).toBeInstanceOf(Promise);
      return await Promise.all([doubled, caught, last]);
    });
    expect(results).toEqual([4, 'broken', 3]);
  });

  it('fails with what its work throws, in native and in generator coroutines', async () => {
    const fails = (): Operation<never> =>
      start('write', () => {
        throw new RangeError('disk full');
      });
    const generator = coroutine(function* () {
      return yield* fails();
    });
    const native = coroutine(async () => await fails());
    await expect(runs(async () => await generator())).rejects.toThrow('disk full');
    await expect(runs(async () => await native())).rejects.toThrow('disk full');
  });

  it('is taken from a task that is cancelled, and never does its work', async () => {
    const log: string[] = [];
    await runs(async () => {
      const work = coroutine(async () => {
        try {
          await start('slow', () => log.push('worked'));
        } catch (error) {
          log.push(error instanceof CancelledError ? `cancelled: ${error.message}` : 'failed');
          throw error;
        }
      });
      const task = createTask(work());
      const first = coroutine(async () => void task.cancel('enough'))();
      await createTask(first);
      await gather([task], { returnExceptions: true });
      expect(task.cancelled()).toBe(true);
    });
    expect(log).toEqual(['cancelled: enough']);
  });

  it('is cancelled by a timeout while it takes longer', async () => {
    const late = runs(async () => {
      const slow = new Operation(getRunningLoop(), { label: 'slow', latencyMs: 50 });
      await waitFor(slow, 10);
    });
    await expect(late).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
  });

  it('takes its latency on the clock', async () => {
    const time = await runs(async () => {
      const before = getRunningLoop().time();
      await new Operation(getRunningLoop(), { label: 'slow', latencyMs: 50 });
      return getRunningLoop().time() - before;
    });
    expect(time).toBe(50);
  });

  it('keeps apart the tasks that await it', async () => {
    const names: (string | undefined)[] = [];
    await runs(async () => {
      const shared = start('shared', () => 'value');
      const work = coroutine(async () => {
        await shared;
        names.push(currentTask()?.getName());
        await sleep(1);
        names.push(currentTask()?.getName());
      });
      await gather([1, 2, 3].map((n) => createTask(work(), { name: `task ${n}` })));
    });
    expect(names).toEqual(['task 1', 'task 2', 'task 3', 'task 1', 'task 2', 'task 3']);
  });

  it('keeps apart generators that await it', async () => {
    const names: (string | undefined)[] = [];
    await runs(async () => {
      const shared = start('shared', () => 'value');
      const work = coroutine(function* () {
        const value = yield* shared;
        names.push(`${currentTask()?.getName()}: ${value}`);
        yield* sleep(1);
        names.push(currentTask()?.getName());
      });
      await gather([1, 2].map((n) => createTask(work(), { name: `task ${n}` })));
    });
    expect(names).toEqual(['task 1: value', 'task 2: value', 'task 1', 'task 2']);
  });

  it('costs no step once it is done', async () => {
    await runs(async () => {
      const operation = start('read', () => 1);
      await operation;
      const before = getRunningLoop().statistics().steps;
      expect(await operation).toBe(1);
      expect(operation.done()).toBe(true);
      expect(getRunningLoop().statistics().steps).toBe(before);
    });
  });

  it('can be printed, and asked for its constructor, by anybody', async () => {
    await runs(async () => {
      const operation = start('read');
      expect(inspect(operation)).toContain('pending');
      expect(String(operation)).toBe('<operation read>');
      expect(Operation.prototype.constructor).toBe(Promise);
      await operation;
    });
  });

  it('cancels the task that asked for that between its waits', async () => {
    const log: string[] = [];
    await runs(async () => {
      const work = coroutine(async () => {
        currentTask()!.cancel();
        try {
          await start('read');
        } catch (error) {
          log.push((error as Error).name);
        }
      });
      await createTask(work());
    });
    expect(log).toEqual(['CancelledError']);
  });
});
