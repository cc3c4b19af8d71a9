import {
  AsyncioEventLoop,
  coroutine,
  createTask,
  describeSlowStep,
  getRunningLoop,
  sleep,
  VirtualClock,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual } from './helpers.ts';

/** Blocks the thread, as far as the virtual clock can tell. */
function block(ms: number): void {
  (getRunningLoop().clock as VirtualClock).block(ms);
}

describe('Debug mode', () => {
  it('is off until it is switched on', async () => {
    const loop = new AsyncioEventLoop();
    expect(loop.getDebug()).toBe(false);
    loop.setDebug(true);
    expect(loop.getDebug()).toBe(true);
    loop.close();
    const debugging = new AsyncioEventLoop({ debug: true });
    expect([debugging.getDebug(), debugging.slowStepMs]).toEqual([true, 100]);
    debugging.close();
  });

  it('tells of steps that block', async () => {
    const slow: string[] = [];
    await runVirtual(
      async () => {
        const loop = getRunningLoop();
        loop.setSlowStepHandler((handle, ms) => slow.push(describeSlowStep(handle, ms)));
        loop.callSoon(() => block(300), { label: 'blocker()' });
        const task = createTask(
          coroutine(async function work() {
            await sleep(1);
            block(150);
            await sleep(1);
            block(99);
          })(),
          { name: 'worker' },
        );
        await task;
      },
      { debug: true },
    );
    expect(slow).toEqual([
      'Executing <Handle blocker()> took 0.300 seconds',
      expect.stringMatching(/^Executing <Task pending name='worker' .*> took 0.150 seconds$/),
    ]);
  });

  it('reports them to the exception handler if nobody else wants to know', async () => {
    const reports: string[] = [];
    await runVirtual(
      async () => {
        const loop = getRunningLoop();
        loop.setExceptionHandler((_, report) => reports.push(report.message));
        loop.callSoon(() => block(50), { label: 'blocker()' });
        await sleep(0);
      },
      { debug: true, slowStepMs: 50 },
    );
    expect(reports).toEqual(['Executing <Handle blocker()> took 0.050 seconds']);
  });

  it('says nothing while it is off, and of the step that switches it on', async () => {
    const slow: number[] = [];
    await runVirtual(async () => {
      const loop = getRunningLoop();
      loop.setSlowStepHandler((_, ms) => slow.push(ms));
      block(500);
      loop.setDebug(true);
      await sleep(0);
      block(200);
      await sleep(0);
      loop.setDebug(false);
      block(300);
      await sleep(0);
    });
    expect(slow).toEqual([200]);
  });

  it('refuses coroutines as callbacks', async () => {
    await runVirtual(
      async () => {
        const loop = getRunningLoop();
        const work = coroutine(async () => {});
        expect((await errorOf(() => loop.callSoon(work as never))).message).toBe(
          'coroutines cannot be used with callSoon(): use createTask()',
        );
        expect(await errorOf(() => loop.callLater(1, work as never))).toBeInstanceOf(TypeError);
        expect(await errorOf(() => loop.callSoonThreadsafe(work as never))).toBeInstanceOf(TypeError);
        expect((await errorOf(() => loop.runInExecutor(null, work))).message).toBe(
          'coroutines cannot be used with runInExecutor(): use createTask()',
        );
        expect((await errorOf(() => loop.callSoon(42 as never))).message).toBe(
          'a callable object was expected by callSoon(), got 42',
        );
      },
      { debug: true },
    );
  });

  it('refuses options of the wrong kind', async () => {
    expect(await errorOf(() => new AsyncioEventLoop({ slowStepMs: 'long' as never }))).toBeInstanceOf(TypeError);
    const loop = new AsyncioEventLoop();
    expect(await errorOf(() => loop.setSlowStepHandler(42 as never))).toBeInstanceOf(TypeError);
    loop.close();
  });
});
