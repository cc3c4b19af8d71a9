import {
  allTasks,
  AsyncioEventLoop,
  ContextVar,
  copyContext,
  coroutine,
  createTask,
  currentTask,
  EagerStartError,
  eagerTaskFactory,
  gather,
  getRunningLoop,
  run,
  sleep,
  taskGroup,
  VirtualClock,
  type Future,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, virtualLoop } from './helpers.ts';

function eagerLoop(): AsyncioEventLoop {
  const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
  loop.setTaskFactory(eagerTaskFactory);
  return loop;
}

function runEager<T>(main: () => Promise<T>): Promise<T> {
  return run(main, { loopFactory: eagerLoop });
}

/** A generator coroutine that does not have to wait. */
const add = coroutine(function* (a: number, b: Future<number>) {
  return a + (yield* b);
});

function settled<T>(value: T): Future<T> {
  const future = getRunningLoop().createFuture<T>();
  future.setResult(value);
  return future;
}

describe('An eager task', () => {
  it('is done when createTask returns, if it does not have to wait', async () => {
    await runEager(async () => {
      const { turns } = getRunningLoop().statistics();
      const task = createTask(add(1, settled(2)));
      expect([task.done(), task.result(), await task]).toEqual([true, 3, 3]);
      expect(await gather([add(1, settled(1)), add(2, settled(2))])).toEqual([2, 4]);
      expect(getRunningLoop().statistics().turns).toBe(turns);
    });
  });

  it('goes on as usual if it has to wait', async () => {
    await runEager(async () => {
      const log: string[] = [];
      const body = coroutine(function* () {
        log.push('starts');
        yield* sleep(10);
        log.push('ends');
        return 'result';
      });
      const task = createTask(body(), { name: 'eager' });
      log.push('created');
      expect([task.done(), allTasks().has(task), task.getName()]).toEqual([false, true, 'eager']);
      expect(await task).toBe('result');
      expect(log).toEqual(['starts', 'created', 'ends']);
    });
  });

  it('is the current task in its first step, and its creator is again afterwards', async () => {
    await runEager(async () => {
      const seen: (string | undefined)[] = [];
      const look = coroutine(function* (depth: number): Generator<never, void, never> {
        seen.push(currentTask()?.getName());
        if (depth > 0) createTask(look(depth - 1), { name: `depth ${depth - 1}` });
        seen.push(currentTask()?.getName());
        yield* [];
      });
      createTask(look(1), { name: 'depth 1' });
      seen.push(currentTask()?.getName());
      expect(seen).toEqual(['depth 1', 'depth 0', 'depth 0', 'depth 1', 'Task-1']);
    });
  });

  it('has context variables of its own', async () => {
    await runEager(async () => {
      const user = new ContextVar<string>('user');
      user.set('ann');
      const body = coroutine(function* () {
        const before = user.get();
        user.set('bob');
        yield* sleep(1);
        return [before, user.get()];
      });
      const task = createTask(body());
      expect(user.get()).toBe('ann');
      expect(await task).toEqual(['ann', 'bob']);
    });
  });

  it('begins in a context that is entered already, and sets its variables there', async () => {
    await runEager(async () => {
      const user = new ContextVar<string>('user', { default: 'nobody' });
      const body = coroutine(function* (name: string) {
        user.set(name);
        yield* sleep(1);
        return user.get();
      });
      const context = copyContext();
      const [task, inside] = context.run(() => [createTask(body('ann'), { context }), user.get()] as const);
      expect([inside, user.get(), context.get(user)]).toEqual(['ann', 'nobody', 'ann']);
      const within = createTask(
        coroutine(function* () {
          const inner = createTask(body('bob'), { context });
          return [user.get(), yield* inner];
        })(),
        { context },
      );
      expect([await task, await within]).toEqual(['bob', ['bob', 'bob']]);
    });
  });

  it('fails in createTask, and throws where it is awaited', async () => {
    await runEager(async () => {
      const fail = coroutine(function* () {
        yield* settled(1);
        throw new Error('no');
      });
      const task = createTask(fail());
      expect([task.done(), (task.exception() as Error).message]).toEqual([true, 'no']);
    });
  });

  it('ends a task group at once if it does not have to wait', async () => {
    await runEager(async () => {
      const { turns } = getRunningLoop().statistics();
      await taskGroup(async (group) => void group.createTask(add(1, settled(2))));
      expect(getRunningLoop().statistics().turns).toBe(turns);
    });
  });

  it('can be cancelled where it waits', async () => {
    await runEager(async () => {
      const task = createTask(sleep(1000));
      task.cancel();
      await errorOf(() => task);
      expect([task.cancelled(), getRunningLoop().time()]).toEqual([true, 0]);
    });
  });

  it('cannot be an async function, of which nothing runs', async () => {
    await runEager(async () => {
      let ran = false;
      const body = async () => {
        ran = true;
      };
      for (const refused of [body, coroutine(body)()]) {
        const error = await errorOf(() => createTask(refused as () => Promise<void>));
        expect(error).toBeInstanceOf(EagerStartError);
        expect(error.message).toMatch(/^body\(\) is an async function, which cannot be started eagerly/);
      }
      expect([ran, allTasks().size]).toEqual([false, 1]);
    });
  });

  it('finds itself again behind a native promise', async () => {
    await runEager(async () => {
      const native = async () => {
        await Promise.resolve();
        await sleep(1);
        return currentTask()?.getName();
      };
      const body = coroutine(function* () {
        return (yield native()) as string;
      });
      const tasks = ['a', 'b'].map((name) => createTask(body(), { name }));
      expect(await gather(tasks)).toEqual(['a', 'b']);
    });
  });
});

describe('A task factory', () => {
  it('makes the tasks of a loop', async () => {
    const loop = virtualLoop();
    expect(loop.getTaskFactory()).toBe(null);
    const names: string[] = [];
    loop.setTaskFactory((on, body, options) => {
      names.push(body.definition.name);
      return eagerTaskFactory(on, body, options);
    });
    await loop.runUntilComplete(sleep(0));
    loop.setTaskFactory(null);
    await loop.runUntilComplete(sleep(0));
    expect(names).toEqual(['sleep']);
    loop.close();
  });

  it('must be a function that returns a task', async () => {
    const loop = virtualLoop();
    expect((await errorOf(() => loop.setTaskFactory(42 as never))).message).toBe(
      'task factory must be a callable or null, got 42',
    );
    loop.setTaskFactory((() => 42) as never);
    expect((await errorOf(() => loop.createTask(sleep(0)))).message).toBe('a task factory must return a Task, got 42');
    loop.close();
  });
});
