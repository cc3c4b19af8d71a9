import {
  AsyncioEventLoop,
  coroutine,
  createTask,
  gather,
  getRunningLoop,
  sleep,
  VirtualClock,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual, virtualLoop } from './helpers.ts';

/** What is reported when a loop that ran `main` is closed. */
async function reportsOf(main: () => PromiseLike<unknown>, debug = false): Promise<string[]> {
  const reports: string[] = [];
  await runVirtual(
    async () => {
      getRunningLoop().setExceptionHandler((_, { message, exception }) =>
        reports.push(exception === undefined ? message : `${message}: ${String(exception)}`),
      );
      await main();
    },
    { debug },
  );
  return reports;
}

const fail = coroutine(async function fail() {
  throw new Error('no');
});

describe('The closing of a loop', () => {
  it('reports an exception of a task that nobody looked at', async () => {
    const reports = await reportsOf(async () => {
      createTask(fail());
      await sleep(1);
    });
    expect(reports).toEqual(['Task exception was never retrieved: Error: no']);
  });

  it('reports an exception of a future, and of a gathering', async () => {
    const reports = await reportsOf(async () => {
      getRunningLoop().createFuture().setException(new Error('lost'));
      gather([fail()]);
      await sleep(1);
    });
    expect(reports).toEqual([
      'Future exception was never retrieved: Error: lost',
      '_GatheringFuture exception was never retrieved: Error: no',
    ]);
  });

  it('is silent about what was looked at, awaited, or cancelled afterwards', async () => {
    const reports = await reportsOf(async () => {
      const looked = createTask(fail());
      const awaited = createTask(fail());
      const cancelled = createTask(fail());
      await sleep(1);
      looked.exception();
      await errorOf(() => awaited);
      cancelled.cancel();
      await gather([fail(), fail()], { returnExceptions: true });
    });
    expect(reports).toEqual([]);
  });

  it('reports a coroutine that was never awaited', async () => {
    const reports = await reportsOf(async () => {
      fail();
      await errorOf(() => fail());
      fail().close();
    });
    expect(reports).toEqual(["coroutine 'fail' was never awaited"]);
  });

  it('reports a forgotten sleep in debug mode', async () => {
    const forget = async () => void sleep(10);
    expect(await reportsOf(forget)).toEqual([]);
    expect(await reportsOf(forget, true)).toEqual(["coroutine 'sleep' was never awaited"]);
  });

  it('reports each of several, and none that was begun, closed, or given to a task', async () => {
    const nap = coroutine(async function nap(): Promise<void> {
      await sleep(1);
    });
    const debug = true;
    const reports = await reportsOf(async () => {
      const forgotten = [nap(), fail(), nap()];
      for (const one of [nap(), nap()]) one.close();
      await gather([nap(), sleep(1)]);
      await Promise.resolve(sleep(1));
      createTask(nap()).cancel();
      createTask(sleep(1));
      void forgotten;
    }, debug);
    expect(reports.filter((report) => report.includes('never awaited'))).toEqual([
      "coroutine 'nap' was never awaited",
      "coroutine 'nap' was never awaited",
      "coroutine 'fail' was never awaited",
    ]);
  });

  it('finds a forgotten coroutine among many others', async () => {
    const reports = await reportsOf(async () => {
      fail();
      for (let i = 0; i < 5000; i++) await errorOf(() => fail());
    });
    expect(reports).toEqual(["coroutine 'fail' was never awaited"]);
  });

  it('reports tasks that are pending', async () => {
    const reports: string[] = [];
    const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
    loop.setExceptionHandler((_, { message, future }) => reports.push(`${message} ${String(future)}`));
    await loop.runUntilComplete(async () => {
      createTask(sleep(1000), { name: 'left over' });
      await sleep(1);
      createTask(fail(), { name: 'not begun' });
      loop.stop();
    });
    loop.close();
    loop.close();
    expect(reports).toEqual([
      expect.stringMatching(/^Task was destroyed but it is pending! <Task pending name='left over' coro=<sleep\(\)/),
      expect.stringMatching(/^Task was destroyed but it is pending! <Task pending name='not begun' coro=<fail\(\)/),
    ]);
  });

  it('is the end of what it tells, also of tasks that a native promise ends later', async () => {
    const loop = virtualLoop();
    const told: unknown[] = [];
    const tell = (error: unknown): void => void told.push(error);
    let settle!: (value: string) => void;
    const outside = new Promise<string>((resolve) => void (settle = resolve));
    const failing = async (): Promise<never> => {
      throw new Error(await outside);
    };
    const tasks = [loop.createTask(async () => await outside), loop.createTask(failing)];
    for (const task of tasks) task.addDoneCallback(tell);
    loop.setExceptionHandler((_, { message }) => tell(message));
    await loop.runUntilComplete(async () => {});
    loop.close();
    const destroyed = 'Task was destroyed but it is pending!';
    expect(told).toEqual([destroyed, destroyed]);
    process.on('unhandledRejection', tell);
    settle('late');
    // The host tells of rejections between the steps of any loop.
    await runVirtual(() => sleep(1));
    process.off('unhandledRejection', tell);
    expect([tasks[0]!.result(), tasks[1]!.exception()]).toEqual(['late', new Error('late')]);
    expect(told.length).toBe(2);
  });

  it('reports the oldest exception early when there are very many', async () => {
    let early = 0;
    const reports = await reportsOf(async () => {
      const loop = getRunningLoop();
      const handler = loop.getExceptionHandler()!;
      loop.setExceptionHandler((on, report) => {
        early++;
        handler(on, report);
      });
      for (let n = 0; n < 10_003; n++) loop.createFuture().setException(new Error(`${n}`));
      expect(early).toBe(3);
    });
    expect(reports.length).toBe(10_003);
    expect(reports[0]).toBe('Future exception was never retrieved: Error: 0');
  });
});
