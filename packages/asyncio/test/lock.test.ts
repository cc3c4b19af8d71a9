import { CancelledError, coroutine, createTask, getRunningLoop, Lock, RuntimeError, sleep } from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual, virtualLoop } from './helpers.ts';

describe('A lock', () => {
  it('lets one task at a time pass, in the order in which they asked', async () => {
    const log: string[] = [];
    await runVirtual(async () => {
      const lock = new Lock();
      const visit = coroutine(async (name: string) => {
        await lock.acquire();
        log.push(`${now()} ${name} in`);
        await sleep(10);
        log.push(`${now()} ${name} out`);
        lock.release();
      });
      const tasks = ['a', 'b', 'c'].map((name) => createTask(visit(name)));
      for (const task of tasks) await task;
    });
    expect(log).toEqual(['0 a in', '10 a out', '10 b in', '20 b out', '20 c in', '30 c out']);
  });

  it('costs no step when it is free', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      const { turns } = getRunningLoop().statistics();
      expect(await lock.acquire()).toBe(true);
      expect(getRunningLoop().statistics().turns).toBe(turns);
      expect(lock.locked()).toBe(true);
    });
  });

  it('is free between its release and the step of the one who waits, and yet not for newcomers', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      const order: string[] = [];
      await lock.acquire();
      const waiter = createTask(async () => {
        await lock.acquire();
        order.push('waiter');
        lock.release();
      });
      await sleep(0);
      lock.release();
      expect(lock.locked()).toBe(false);
      await lock.acquire();
      order.push('newcomer');
      await waiter;
      expect(order).toEqual(['waiter', 'newcomer']);
    });
  });

  it('goes to the next in line when the one who was woken is cancelled', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      await lock.acquire();
      const log: string[] = [];
      const wait = async (name: string) => {
        await lock.acquire();
        log.push(name);
      };
      const first = createTask(() => wait('first'));
      const second = createTask(() => wait('second'));
      await sleep(0);
      lock.release();
      first.cancel();
      await second;
      expect(log).toEqual(['second']);
      expect(first.cancelled()).toBe(true);
    });
  });

  it('forgets those who are cancelled while they wait', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      await lock.acquire();
      const waiter = createTask(lock.acquire());
      await sleep(0);
      expect(String(lock)).toBe('<Lock [locked, waiters:1]>');
      waiter.cancel('enough');
      const error = await errorOf(() => waiter);
      expect(error).toBeInstanceOf(CancelledError);
      expect(error.message).toBe('enough');
      expect(String(lock)).toBe('<Lock [locked]>');
      lock.release();
      expect(inspect(lock)).toBe('<Lock [unlocked]>');
    });
  });

  it('cannot be released when it is free', async () => {
    const error = await errorOf(() => new Lock().release());
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toBe('Lock is not acquired.');
  });

  it('belongs to the loop on which somebody waited first', async () => {
    const lock = new Lock();
    await runVirtual(async () => {
      await lock.acquire();
      const waiter = createTask(lock.acquire());
      await sleep(0);
      waiter.cancel();
    });
    const error = await errorOf(() => runVirtual(() => lock.acquire()));
    expect(error.message).toBe('<Lock [locked]> is bound to a different event loop');
  });

  it('says in a deadlock who holds it', async () => {
    const error = await errorOf(() =>
      runVirtual(async () => {
        const lock = new Lock();
        await lock.acquire();
        await lock.acquire();
      }),
    );
    expect(error.message).toContain('awaits <Lock [locked, waiters:1]>, held by Task-1');
  });

  it('wakes 20,000 waiters in order', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      const order: number[] = [];
      await lock.acquire();
      const tasks = Array.from({ length: 20_000 }, (_, n) =>
        createTask(function* () {
          yield* lock.acquire();
          order.push(n);
          lock.release();
        }),
      );
      await sleep(0);
      lock.release();
      for (const task of tasks) await task;
      expect(order).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
    });
  });
});

describe('lock.with', () => {
  it('holds the lock while its body runs, and gives what the body gives', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      const seen: boolean[] = [];
      const result = await lock.with(async () => {
        seen.push(lock.locked());
        await sleep(5);
        return 42;
      });
      seen.push(lock.locked());
      expect(result).toBe(42);
      expect(seen).toEqual([true, false]);
    });
  });

  it('serves generator coroutines too', async () => {
    const main = coroutine(function* () {
      const lock = new Lock();
      return yield* lock.with(function* () {
        yield* sleep(5);
        return lock.locked();
      });
    });
    expect(await runVirtual(main())).toBe(true);
  });

  it('releases when its body throws, and when it is cancelled', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      const fail = async () => {
        throw new Error('no');
      };
      expect((await errorOf(() => lock.with(fail))).message).toBe('no');
      expect(lock.locked()).toBe(false);
      const task = createTask(lock.with(() => sleep(1000)));
      await sleep(0);
      expect(lock.locked()).toBe(true);
      task.cancel();
      await errorOf(() => task);
      expect(lock.locked()).toBe(false);
    });
  });

  it('does not release what it did not get', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      await lock.acquire();
      const task = createTask(lock.with(() => sleep(0)));
      await sleep(0);
      task.cancel();
      await errorOf(() => task);
      expect(lock.locked()).toBe(true);
    });
  });

  it('refuses a body that is no function', async () => {
    const error = await errorOf(() => new Lock().with(42 as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('a callable object was expected by with(), got 42');
  });
});

describe('lock.hold', () => {
  it('holds the lock to the end of the block', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      {
        using _held = await lock.hold();
        expect(lock.locked()).toBe(true);
        await sleep(5);
      }
      expect(lock.locked()).toBe(false);
      {
        await using _held = await lock.hold();
        expect(lock.locked()).toBe(true);
      }
      expect(lock.locked()).toBe(false);
    });
  });

  it('works on a loop that runs nothing else', async () => {
    const loop = virtualLoop();
    const lock = new Lock();
    await loop.runUntilComplete(async () => void (await lock.hold()));
    expect(lock.locked()).toBe(true);
  });
});
