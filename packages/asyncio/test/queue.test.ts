import {
  coroutine,
  createTask,
  gather,
  getRunningLoop,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  sleep,
  type Task,
} from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

describe('A queue', () => {
  it('passes items on, first in, first out', async () => {
    await runVirtual(async () => {
      const queue = new Queue<number>();
      const taken: string[] = [];
      const producer = async () => {
        for (const n of [1, 2, 3]) {
          await sleep(10);
          await queue.put(n);
        }
      };
      const consumer = async () => {
        for (let i = 0; i < 3; i++) taken.push(`${await queue.get()} at ${now()}`);
      };
      await gather([producer, consumer]);
      expect(taken).toEqual(['1 at 10', '2 at 20', '3 at 30']);
    });
  });

  it('makes those who put wait for room', async () => {
    await runVirtual(async () => {
      const queue = new Queue<string>(1);
      const log: string[] = [];
      const putter = createTask(async () => {
        for (const item of ['a', 'b', 'c']) {
          await queue.put(item);
          log.push(`put ${item} at ${now()}`);
        }
      });
      for (let i = 0; i < 3; i++) {
        await sleep(10);
        log.push(`got ${await queue.get()} at ${now()}`);
      }
      await putter;
      expect(log).toEqual(['put a at 0', 'got a at 10', 'put b at 10', 'got b at 20', 'put c at 20', 'got c at 30']);
    });
  });

  it('costs no step when there is room, and an item', async () => {
    await runVirtual(async () => {
      const queue = new Queue<number>(1);
      const { turns } = getRunningLoop().statistics();
      await queue.put(1);
      expect(await queue.get()).toBe(1);
      expect(getRunningLoop().statistics().turns).toBe(turns);
    });
  });

  it('sends one who was woken to the end of the line if another was faster', async () => {
    await runVirtual(async () => {
      const queue = new Queue<string>();
      const getter = createTask(queue.get());
      await sleep(0);
      queue.putNowait('first');
      expect(queue.getNowait()).toBe('first');
      await sleep(0);
      expect(getter.done()).toBe(false);
      queue.putNowait('second');
      expect(await getter).toBe('second');
    });
  });

  it('wakes the next getter when the one who was woken is cancelled', async () => {
    await runVirtual(async () => {
      const queue = new Queue<string>();
      const first = createTask(queue.get());
      const second = createTask(queue.get());
      await sleep(0);
      queue.putNowait('item');
      first.cancel();
      expect(await second).toBe('item');
      expect(first.cancelled()).toBe(true);
    });
  });

  it('wakes the next putter when the one who was woken is cancelled', async () => {
    await runVirtual(async () => {
      const queue = new Queue<string>(1);
      await queue.put('x');
      const first = createTask(queue.put('first'));
      const second = createTask(queue.put('second'));
      await sleep(0);
      queue.getNowait();
      first.cancel();
      await second;
      expect(queue.getNowait()).toBe('second');
      expect(first.cancelled()).toBe(true);
    });
  });

  it('forgets a getter that is cancelled before it was woken', async () => {
    await runVirtual(async () => {
      const queue = new Queue<string>();
      const getter = createTask(queue.get());
      await sleep(0);
      expect(String(queue)).toBe('<Queue maxsize=0 _getters[1]>');
      getter.cancel();
      await errorOf(() => getter);
      queue.putNowait('item');
      expect(queue.getNowait()).toBe('item');
    });
  });

  it('refuses what cannot be done at once', async () => {
    const queue = new Queue<number>(1);
    expect(await errorOf(() => queue.getNowait())).toBeInstanceOf(QueueEmpty);
    queue.putNowait(1);
    expect(queue.full()).toBe(true);
    const full = await errorOf(() => queue.putNowait(2));
    expect(full).toBeInstanceOf(QueueFull);
    expect(full).toMatchObject({ message: '', code: 'TIMELOOM_QUEUE_FULL' });
    expect(queue.size).toBe(1);
  });

  it('has no limit with a size of 0 or less', () => {
    const queue = new Queue<number>(-1);
    for (let n = 0; n < 1000; n++) queue.putNowait(n);
    expect([queue.full(), queue.size]).toEqual([false, 1000]);
    for (let n = 0; n < 1000; n++) expect(queue.getNowait()).toBe(n);
    expect(queue.empty()).toBe(true);
  });

  it('shows what it holds and who waits', async () => {
    const queue = new Queue<number>(2);
    queue.putNowait(1);
    expect(inspect(queue)).toBe('<Queue maxsize=2 _queue=[1] tasks=1>');
    queue.shutdown();
    expect(String(queue)).toBe('<Queue maxsize=2 _queue=[1] tasks=1 shutdown>');
  });

  it('refuses a size that is no number', async () => {
    expect((await errorOf(() => new Queue('2' as never))).message).toBe('maxSize must be a number, got "2"');
    expect(await errorOf(() => new Queue(Number.NaN))).toBeInstanceOf(RangeError);
  });

  it('passes a task on as an item, with yield*', async () => {
    const main = coroutine(function* () {
      const queue = new Queue<Task<string>>();
      const task = createTask(sleep(10, 'result'));
      queue.putNowait(task);
      return (yield* queue.get()) === task;
    });
    expect(await runVirtual(main())).toBe(true);
  });
});

describe('queue.join', () => {
  it('waits until every item is dealt with', async () => {
    await runVirtual(async () => {
      const queue = new Queue<number>();
      for (const delay of [10, 20, 30]) queue.putNowait(delay);
      const worker = createTask(async () => {
        for (;;) {
          await sleep(await queue.get());
          queue.taskDone();
        }
      });
      await queue.join();
      expect(now()).toBe(60);
      worker.cancel();
    });
  });

  it('costs no step when nothing was put', async () => {
    await runVirtual(async () => {
      const { turns } = getRunningLoop().statistics();
      await new Queue().join();
      expect(getRunningLoop().statistics().turns).toBe(turns);
    });
  });

  it('needs one taskDone an item, and not more', async () => {
    const error = await errorOf(() => new Queue().taskDone());
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('task_done() called too many times');
  });
});

describe('queue.shutdown', () => {
  it('lets the items be taken, but none be put', async () => {
    await runVirtual(async () => {
      const queue = new Queue<number>();
      queue.putNowait(1);
      queue.shutdown();
      expect(await errorOf(() => queue.putNowait(2))).toBeInstanceOf(QueueShutDown);
      expect(await errorOf(() => queue.put(2))).toBeInstanceOf(QueueShutDown);
      expect(await queue.get()).toBe(1);
      expect(await errorOf(() => queue.get())).toBeInstanceOf(QueueShutDown);
      expect(await errorOf(() => queue.getNowait())).toBeInstanceOf(QueueShutDown);
    });
  });

  it('wakes all who wait', async () => {
    await runVirtual(async () => {
      const empty = new Queue<number>();
      const full = new Queue<number>(1);
      full.putNowait(1);
      const getters = [createTask(empty.get()), createTask(empty.get())];
      const putter = createTask(full.put(2));
      await sleep(0);
      empty.shutdown();
      full.shutdown();
      for (const task of [...getters, putter]) {
        expect(await errorOf(() => task)).toBeInstanceOf(QueueShutDown);
      }
    });
  });

  it('drops the items if it is immediate, and ends a join', async () => {
    await runVirtual(async () => {
      const queue = new Queue<number>();
      queue.putNowait(1);
      queue.putNowait(2);
      const join = createTask(queue.join());
      await sleep(0);
      queue.shutdown({ immediate: true });
      await join;
      expect(queue.empty()).toBe(true);
      expect(await errorOf(() => queue.get())).toBeInstanceOf(QueueShutDown);
    });
  });

  it('does not end a join for items that were taken and not dealt with', async () => {
    await runVirtual(async () => {
      const queue = new Queue<number>();
      queue.putNowait(1);
      queue.putNowait(2);
      queue.getNowait();
      const join = createTask(queue.join());
      await sleep(0);
      queue.shutdown({ immediate: true });
      await sleep(0);
      expect(join.done()).toBe(false);
      queue.taskDone();
      await join;
    });
  });
});
