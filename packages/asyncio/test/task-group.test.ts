import {
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  ExceptionGroup,
  getRunningLoop,
  isCancelled,
  RuntimeError,
  sleep,
  TaskGroup,
  taskGroup,
  type Task,
} from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

const failAfter = coroutine(async (delay: number, message: string): Promise<never> => {
  await sleep(delay);
  throw new Error(message);
});

const messages = (group: Error): string[] => (group as AggregateError).errors.map((error: Error) => error.message);

describe('A task group', () => {
  it('waits for its tasks and gives what its body gives', async () => {
    await runVirtual(async () => {
      const tasks: Task<string>[] = [];
      const result = await taskGroup(async (group) => {
        tasks.push(group.createTask(sleep(10, 'a')), group.createTask(sleep(20, 'b')));
        return 'body';
      });
      expect([result, now(), ...tasks.map((task) => task.result())]).toEqual(['body', 20, 'a', 'b']);
    });
  });

  it('costs no step without tasks', async () => {
    await runVirtual(async () => {
      const { turns } = getRunningLoop().statistics();
      await taskGroup(async () => {});
      expect(getRunningLoop().statistics().turns).toBe(turns);
    });
  });

  it('serves generator coroutines too', async () => {
    const main = coroutine(function* () {
      return yield* taskGroup(function* (group) {
        const task = group.createTask(sleep(10, 'done'));
        return yield* task;
      });
    });
    expect(await runVirtual(main())).toBe('done');
  });

  it('cancels the others and its body when a task fails, and throws all that failed', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const untilCancelled = (name: string) => async () => {
        try {
          await sleep(1000);
        } catch (error) {
          log.push(`${name} ${isCancelled(error) ? 'cancelled' : 'failed'} at ${now()}`);
          throw error;
        }
      };
      const error = await errorOf(() =>
        taskGroup(async (group) => {
          group.createTask(untilCancelled('a'));
          group.createTask(failAfter(10, 'first'));
          group.createTask(untilCancelled('b'));
          await untilCancelled('body')();
        }),
      );
      expect(error).toBeInstanceOf(ExceptionGroup);
      expect(error).toBeInstanceOf(AggregateError);
      expect(error).toMatchObject({ name: 'ExceptionGroup', message: 'unhandled errors in a TaskGroup' });
      expect(messages(error)).toEqual(['first']);
      expect(log).toEqual(['a cancelled at 10', 'b cancelled at 10', 'body cancelled at 10']);
      expect(currentTask()!.cancelling()).toBe(0);
    });
  });

  it('collects what the others throw when they are cancelled', async () => {
    await runVirtual(async () => {
      const error = await errorOf(() =>
        taskGroup(async (group) => {
          group.createTask(async () => {
            try {
              await sleep(1000);
            } finally {
              await failAfter(5, 'cleanup');
            }
          });
          group.createTask(failAfter(10, 'first'));
        }),
      );
      expect(messages(error)).toEqual(['first', 'cleanup']);
      expect(now()).toBe(15);
    });
  });

  it('cancels its tasks when the body fails, and throws that as a group', async () => {
    await runVirtual(async () => {
      let task: Task | undefined;
      const error = await errorOf(() =>
        taskGroup(async (group) => {
          task = group.createTask(sleep(1000)) as Task;
          await sleep(0);
          throw new Error('body');
        }),
      );
      expect(messages(error)).toEqual(['body']);
      expect([task!.cancelled(), now()]).toEqual([true, 0]);
    });
  });

  it('does not take the cancellation of a task for a failure', async () => {
    await runVirtual(async () => {
      await taskGroup(async (group) => {
        const task = group.createTask(sleep(1000));
        await sleep(0);
        task.cancel();
      });
      expect(now()).toBe(0);
    });
  });

  it('passes a cancellation from outside on, after its tasks have ended', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const task = createTask(() =>
        taskGroup(async (group) => {
          group.createTask(async () => {
            try {
              await sleep(1000);
            } finally {
              await sleep(5);
              log.push(`child ended at ${now()}`);
            }
          });
        }),
      );
      await sleep(10);
      task.cancel('outside');
      const error = await errorOf(() => task);
      expect(error).toBeInstanceOf(CancelledError);
      expect(error.message).toBe('outside');
      expect(log).toEqual(['child ended at 15']);
    });
  });

  it('keeps a cancellation from outside for the next wait if it must throw a group', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const task = createTask(async () => {
        const error = await errorOf(() =>
          taskGroup(async (group) => {
            group.createTask(async () => {
              try {
                await sleep(1000);
              } finally {
                await failAfter(0, 'cleanup');
              }
            });
          }),
        );
        log.push(...messages(error), `cancelling ${currentTask()!.cancelling()}`);
        await sleep(1000);
      });
      await sleep(10);
      task.cancel();
      await errorOf(() => task);
      expect(log).toEqual(['cleanup', 'cancelling 1']);
      expect([task.cancelled(), now()]).toEqual([true, 10]);
    });
  });

  it('lets groups be nested', async () => {
    await runVirtual(async () => {
      const error = await errorOf(() =>
        taskGroup((outer) =>
          taskGroup(async (inner) => {
            outer.createTask(failAfter(20, 'outer'));
            inner.createTask(failAfter(10, 'inner'));
            inner.createTask(sleep(1000));
          }),
        ),
      );
      const [inner] = (error as AggregateError).errors as Error[];
      expect(messages(inner!)).toEqual(['inner']);
      expect(now()).toBe(10);
    });
  });

  it('shows its state', async () => {
    await runVirtual(async () => {
      const group = new TaskGroup();
      expect(inspect(group)).toBe('<TaskGroup>');
      group.enter();
      expect(String(group)).toBe('<TaskGroup entered>');
      group.createTask(failAfter(10, 'no'));
      group.createTask(sleep(1000));
      expect(String(group)).toBe('<TaskGroup tasks=2 entered>');
      await errorOf(() => sleep(20));
      expect(String(group)).toBe('<TaskGroup tasks=1 errors=1 cancelling>');
      await errorOf(() => group.exit());
    });
  });

  it('takes no tasks before it is entered, while it is cancelled, and after its end', async () => {
    await runVirtual(async () => {
      const refusal = async (group: TaskGroup) => (await errorOf(() => group.createTask(sleep(0)))).message;
      expect(await refusal(new TaskGroup())).toBe('TaskGroup <TaskGroup> has not been entered');
      let group!: TaskGroup;
      await taskGroup(async (current) => void (group = current));
      expect(await refusal(group)).toBe('TaskGroup <TaskGroup entered> is finished');
      await errorOf(() =>
        taskGroup(async (current) => {
          current.createTask(failAfter(10, 'no'));
          try {
            await sleep(1000);
          } finally {
            expect(await refusal(current)).toBe('TaskGroup <TaskGroup errors=1 cancelling> is shutting down');
          }
        }),
      );
    });
  });

  it('can be entered once, and in a task only', async () => {
    await runVirtual(async () => {
      const group = new TaskGroup().enter();
      const error = await errorOf(() => group.enter());
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error.message).toBe('TaskGroup <TaskGroup entered> has already been entered');
      const future = getRunningLoop().createFuture<Error>();
      getRunningLoop().callSoon(async () => future.setResult(await errorOf(() => new TaskGroup().enter())));
      expect((await future).message).toBe('TaskGroup <TaskGroup> cannot determine the parent task');
    });
    expect((await errorOf(() => new TaskGroup().enter())).message).toBe('no running event loop');
  });

  it('refuses a body that is no function', async () => {
    expect(await errorOf(() => taskGroup(42 as never))).toBeInstanceOf(TypeError);
  });

  it('names itself and a task in a deadlock', async () => {
    const error = await errorOf(() =>
      runVirtual(async () => {
        await taskGroup(async (group) => void group.createTask(sleep(Infinity), { name: 'stuck' }));
      }),
    );
    expect(error.message).toContain('awaits <TaskGroup tasks=1 entered>, held by stuck');
  });
});

describe('A task group as a resource', () => {
  it('waits for its tasks at the end of the block', async () => {
    await runVirtual(async () => {
      {
        await using group = new TaskGroup().enter();
        group.createTask(sleep(10));
      }
      expect(now()).toBe(10);
    });
  });

  it('throws the group when a task fails while it waits', async () => {
    await runVirtual(async () => {
      const error = await errorOf(async () => {
        await using group = new TaskGroup().enter();
        group.createTask(failAfter(10, 'no'));
      });
      expect(messages(error)).toEqual(['no']);
    });
  });

  it('hides the group in a SuppressedError when its block was thrown out of a wait', async () => {
    await runVirtual(async () => {
      const error = await errorOf(async () => {
        await using group = new TaskGroup().enter();
        group.createTask(failAfter(10, 'no'));
        await sleep(1000);
      });
      expect(error.name).toBe('SuppressedError');
      const { error: thrown, suppressed } = error as unknown as { error: Error; suppressed: Error };
      expect([messages(thrown), isCancelled(suppressed), now()]).toEqual([['no'], true, 10]);
    });
  });

  it('cannot see that its block failed, so it waits for its tasks', async () => {
    await runVirtual(async () => {
      const error = await errorOf(async () => {
        await using group = new TaskGroup().enter();
        group.createTask(sleep(50));
        throw new Error('body');
      });
      expect([error.message, now()]).toEqual(['body', 50]);
    });
  });
});
