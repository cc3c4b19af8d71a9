import { CancelledError, Condition, createTask, Lock, RuntimeError, sleep } from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual } from './helpers.ts';

/** A task that waits at the condition and logs when it goes on. */
function waiter(condition: Condition, log: string[], name: string) {
  return createTask(() =>
    condition.with(async () => {
      await condition.wait();
      log.push(name);
    }),
  );
}

describe('A condition', () => {
  it('wakes as many as it is told to, in the order in which they came', async () => {
    await runVirtual(async () => {
      const condition = new Condition();
      const log: string[] = [];
      const tasks = ['a', 'b', 'c'].map((name) => waiter(condition, log, name));
      await sleep(0);
      expect(inspect(condition)).toBe('<Condition [unlocked, waiters:3]>');
      await condition.with(async () => condition.notify(2));
      await sleep(1);
      expect(log).toEqual(['a', 'b']);
      await condition.with(async () => condition.notifyAll());
      for (const task of tasks) await task;
      expect(log).toEqual(['a', 'b', 'c']);
    });
  });

  it('waits until a predicate holds, and gives its value', async () => {
    await runVirtual(async () => {
      const condition = new Condition();
      let stock = 0;
      const buyer = createTask(() => condition.with(() => condition.waitFor(() => stock >= 2 && `bought ${stock}`)));
      for (let i = 0; i < 3; i++) {
        await sleep(10);
        await condition.with(async () => {
          stock++;
          condition.notifyAll();
        });
      }
      expect(await buyer).toBe('bought 2');
    });
  });

  it('shares its lock with other conditions', async () => {
    await runVirtual(async () => {
      const lock = new Lock();
      const full = new Condition(lock);
      const empty = new Condition(lock);
      await full.acquire();
      expect([lock.locked(), empty.locked()]).toEqual([true, true]);
      empty.release();
      expect(lock.locked()).toBe(false);
    });
  });

  it('has the lock again when a wait is cancelled', async () => {
    await runVirtual(async () => {
      const condition = new Condition();
      const seen: boolean[] = [];
      const task = createTask(() =>
        condition.with(async () => {
          try {
            await condition.wait();
          } finally {
            seen.push(condition.locked());
          }
        }),
      );
      await sleep(0);
      task.cancel();
      expect(await errorOf(() => task)).toBeInstanceOf(CancelledError);
      expect(seen).toEqual([true]);
      expect(condition.locked()).toBe(false);
    });
  });

  it('keeps the last of several cancellations while it acquires the lock again', async () => {
    await runVirtual(async () => {
      const condition = new Condition();
      const task = createTask(() => condition.with(() => condition.wait()));
      await sleep(0);
      await condition.acquire();
      task.cancel('first');
      await sleep(0);
      task.cancel('second');
      await sleep(0);
      expect(task.done()).toBe(false);
      condition.release();
      expect((await errorOf(() => task)).message).toBe('second');
    });
  });

  it('passes a notification on when the one who got it is cancelled', async () => {
    await runVirtual(async () => {
      const condition = new Condition();
      const log: string[] = [];
      const first = waiter(condition, log, 'first');
      const second = waiter(condition, log, 'second');
      await sleep(0);
      await condition.with(async () => {
        condition.notify();
        first.cancel();
      });
      await second;
      expect(first.cancelled()).toBe(true);
      expect(log).toEqual(['second']);
    });
  });

  it('refuses to wait or notify without the lock', async () => {
    const waiting = await errorOf(() => runVirtual(() => new Condition().wait()));
    expect(waiting).toBeInstanceOf(RuntimeError);
    expect(waiting.message).toBe('cannot wait on un-acquired lock');
    expect((await errorOf(() => new Condition().notify())).message).toBe('cannot notify on un-acquired lock');
  });

  it('refuses arguments of the wrong kind', async () => {
    expect((await errorOf(() => new Condition(42 as never))).message).toBe('lock must be a Lock, got 42');
    expect((await errorOf(() => new Condition().notify(-1))).message).toBe(
      'count must be a whole number of at least 0, got -1',
    );
    expect((await errorOf(() => new Condition().notify('all' as never))).message).toBe(
      'count must be a whole number of at least 0, got "all"',
    );
    expect((await errorOf(() => new Condition().waitFor(true as never))).message).toBe(
      'a callable object was expected by waitFor(), got true',
    );
  });
});
