import {
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  run,
  sleep,
  VirtualClock,
  type AsyncioEventLoop,
  type Coroutine,
} from '@timeloom/asyncio';
import { Handle } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

/** The steps of a loop from now on. */
function watchSteps(loop: AsyncioEventLoop): { handles: Handle[]; labels: string[]; sequences: number[] } {
  const seen = { handles: [] as Handle[], labels: [] as string[], sequences: [] as number[] };
  loop.observe({
    stepStarted: (handle) => {
      seen.handles.push(handle);
      seen.labels.push(handle.label);
      seen.sequences.push(handle.sequence);
    },
  });
  return seen;
}

describe('A coroutine', () => {
  it('does not start until it is awaited', async () => {
    const log: string[] = [];
    const greet = coroutine(async function greet(name: string) {
      log.push(`hello ${name}`);
      return name.length;
    });
    await runVirtual(async () => {
      const call = greet('world');
      await sleep(10);
      expect([log, String(call)]).toEqual([[], '<coroutine object greet>']);
      expect(await call).toBe(5);
      expect(log).toEqual(['hello world']);
    });
  });

  it('runs in the task that awaits it, at no cost in turns', async () => {
    const inner = coroutine(async () => ({ task: currentTask(), turn: getRunningLoop().statistics().turns }));
    await runVirtual(async () => {
      const { turns } = getRunningLoop().statistics();
      const seen = await inner();
      expect([seen.task === currentTask(), seen.turn]).toEqual([true, turns]);
    });
  });

  it('can be awaited once', async () => {
    await runVirtual(async () => {
      const call = coroutine(async () => 1)();
      expect(await call).toBe(1);
      expect((await errorOf(() => call)).message).toBe('cannot reuse already awaited coroutine');
    });
  });

  it('that two tasks are made of runs in the first; the second starts, and fails', async () => {
    await runVirtual(async () => {
      const { labels } = watchSteps(getRunningLoop());
      const call = coroutine(async () => sleep(10, currentTask()?.getName()))();
      const tasks = ['first', 'second'].map((name) => createTask(call, { name }));
      expect(await tasks[0]).toBe('first');
      expect((await errorOf(() => tasks[1])).message).toBe('cannot reuse already awaited coroutine');
      expect(labels.slice(0, 2)).toEqual(['first starts', 'second starts']);
    });
  });

  it.each([
    ['was closed', (call: Coroutine) => call.close()],
    ['is that of another task', (call: Coroutine) => createTask(call)],
  ])('that %s refuses the cancellation of a task, as it refuses to begin', async (_how, use) => {
    await runVirtual(async () => {
      const call = coroutine(async () => 1)();
      use(call);
      const task = createTask(call);
      task.cancel();
      expect((await errorOf(() => task)).message).toBe('cannot reuse already awaited coroutine');
      expect([task.cancelled(), task.cancelling()]).toEqual([false, 1]);
    });
  });

  it('is the first step of its task for those who observe the loop, and has nothing that would cancel it', async () => {
    await runVirtual(async () => {
      const { handles, sequences } = watchSteps(getRunningLoop());
      const call = coroutine(async () => sleep(10))();
      expect((call as { cancel?: unknown }).cancel).toBe(undefined);
      const before = getRunningLoop().callSoon(() => {});
      const task = createTask(call);
      await task;
      const step = handles.find(({ label }) => label === `${task.getName()} starts`)!;
      expect((step as unknown) === call).toBe(true);
      expect([step.lane, step instanceof Handle, step.cancelled()]).toEqual([task, true, false]);
      const scheduled = before.sequence + 1;
      expect([step.sequence, sequences[handles.indexOf(step)]]).toEqual([scheduled, scheduled]);
    });
  });

  it.each([0, 1, 2, 3, 5])('passes on %d arguments, and no more', async (count) => {
    const list = coroutine(async (...values: unknown[]) => values);
    const values = Array.from({ length: count }, (_, index) => (index === 0 ? undefined : index));
    expect(await runVirtual(() => list(...values))).toEqual(values);
    expect(await runVirtual(() => createTask(list(...values)))).toEqual(values);
  });

  it('function has the name and the length of its body', () => {
    const body = async (a: number, b: number) => a + b;
    expect([coroutine(body).name, coroutine(body).length]).toEqual(['body', 2]);
  });

  it('may be a generator function, which awaits with yield*', async () => {
    const add = coroutine(function* add(a: number, b: number) {
      yield* sleep(5);
      return a + (yield* sleep(5, b));
    });
    await runVirtual(async () => {
      expect(await add(1, 2)).toBe(3);
      expect(await createTask(add(3, 4))).toBe(7);
      expect(now()).toBe(20);
    });
  });

  it('of one kind awaits those of the other', async () => {
    const native = coroutine(async (n: number) => {
      await sleep(1);
      return n * 2;
    });
    const generator = coroutine(function* (n: number) {
      const doubled = yield* native(n);
      const [again] = yield* gather([native(doubled)]);
      return again;
    });
    await runVirtual(function* () {
      expect(yield* generator(5)).toBe(20);
      expect(yield* createTask(async () => await generator(1))).toBe(4);
    });
  });

  it('passes exceptions through every kind of await, and finally blocks run', async () => {
    const log: string[] = [];
    const failing = coroutine(function* () {
      try {
        yield* sleep(1);
        throw new Error('deep');
      } finally {
        log.push('generator');
      }
    });
    const outer = coroutine(async () => {
      try {
        await failing();
      } finally {
        log.push('native');
      }
    });
    const error = await errorOf(() => runVirtual(outer()));
    expect([error.message, log]).toEqual(['deep', ['generator', 'native']]);
  });

  it('has its mistakes in yields reported where they are', async () => {
    const bad = coroutine(function* () {
      yield 42 as never;
    });
    expect((await errorOf(() => runVirtual(bad()))).message).toBe('Task got bad yield: 42');
  });

  it('is made of a function only', () => {
    expect(() => coroutine(42 as never)).toThrow('a callable object was expected by coroutine(), got 42');
  });
});

describe('A native promise', () => {
  it('may be awaited between awaits of the loop', async () => {
    await run(
      async () => {
        await Promise.resolve();
        await sleep(10);
        await Promise.all([sleep(5), sleep(20)]);
        expect(now()).toBe(30);
        expect(await Promise.race([sleep(9, 'slow'), sleep(1, 'fast')])).toBe('fast');
        expect(now()).toBe(31);
      },
      { clock: new VirtualClock() },
    );
  });
});
