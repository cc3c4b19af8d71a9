import { describe, expect, it } from 'vitest';
import { runAll, stepRecorder, virtualLoop } from './helpers.ts';

describe('The order of steps', () => {
  it('is the order of scheduling for callbacks that are ready', async () => {
    const loop = virtualLoop();
    const order: number[] = [];
    for (const n of [1, 2, 3]) loop.callSoon(() => order.push(n));
    await runAll(loop);
    expect(order).toEqual([1, 2, 3]);
  });

  it('puts what becomes ready during a turn into the next turn', async () => {
    const loop = virtualLoop();
    const turns: [string, number][] = [];
    const log = (name: string) => turns.push([name, loop.statistics().turns]);
    loop.callSoon(() => {
      log('a');
      loop.callSoon(() => log('c'));
    });
    loop.callSoon(() => log('b'));
    await runAll(loop);
    expect(turns).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('runs what is ready before timers that become due in the same turn', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.callLater(0, () => order.push('timer'));
    loop.callSoon(() => order.push('soon'));
    await runAll(loop);
    expect(order).toEqual(['soon', 'timer']);
  });

  it('is the order of making for timers with equal deadlines', async () => {
    const loop = virtualLoop();
    const order: number[] = [];
    for (let n = 0; n < 50; n++) loop.callLater(10, () => order.push(n));
    await runAll(loop);
    expect(order).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('lets timers within the resolution run in one turn, at the time of the first', async () => {
    const loop = virtualLoop({ resolutionMs: 1 });
    const seen: [number, number][] = [];
    for (const when of [10, 10.5, 11.5]) loop.callAt(when, () => seen.push([when, loop.time()]));
    await runAll(loop);
    expect(seen).toEqual([
      [10, 10],
      [10.5, 10],
      [11.5, 11.5],
    ]);
  });

  it('still fires timers where adding the resolution to the time changes nothing', async () => {
    const loop = virtualLoop();
    const far = 2 ** 53;
    let fired = 0;
    loop.callAt(far, () => fired++);
    await runAll(loop, far);
    expect([fired, loop.time()]).toEqual([1, far]);
  });

  it('treats a negative delay as due now and never moves the time back', async () => {
    const loop = virtualLoop();
    const times: number[] = [];
    loop.callAt(5, () => {
      loop.callLater(-3, () => times.push(loop.time()));
      loop.callAt(1, () => times.push(loop.time()));
    });
    await runAll(loop);
    expect(times).toEqual([5, 5]);
  });

  it('skips cancelled handles, also those that are in the batch already', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    const later = loop.callLater(5, () => order.push('timer'));
    loop.callSoon(() => {
      soon.cancel();
      soon.cancel();
      later.cancel();
    });
    const soon = loop.callSoon(() => order.push('soon'));
    await runAll(loop);
    expect(order).toEqual([]);
    expect([soon.cancelled(), later.cancelled(), loop.pendingTimers()]).toEqual([true, true, []]);
  });

  it('is told to instruments step by step', async () => {
    const recorder = stepRecorder();
    const loop = virtualLoop({ instruments: [recorder] });
    loop.callLater(7, function named() {}, { label: 'labelled' });
    loop.callSoon(function named() {});
    await runAll(loop, 8);
    expect(recorder.steps).toEqual(['0 named()', '7 labelled', '8 callback()']);
  });
});

describe('A step', () => {
  it('ends when its microtasks end, however many they are', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.callSoon(async () => {
      for (let i = 0; i < 1000; i++) await null;
      order.push('microtasks of the first');
    });
    loop.callSoon(() => order.push('second'));
    await runAll(loop);
    expect(order).toEqual(['microtasks of the first', 'second']);
  });

  it('includes the ticks and microtasks that cause each other', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.callSoon(() => {
      process.nextTick(() => {
        order.push('tick');
        void Promise.resolve().then(() => process.nextTick(() => order.push('tick of a microtask')));
      });
    });
    loop.callSoon(() => order.push('second'));
    await runAll(loop);
    expect(order).toEqual(['tick', 'tick of a microtask', 'second']);
  });

  it('sees the time stand still until it ends', async () => {
    const loop = virtualLoop();
    const times: number[] = [];
    loop.callLater(1, () => {});
    loop.callSoon(async () => {
      times.push(loop.time());
      await Promise.resolve();
      times.push(loop.time());
    });
    await runAll(loop);
    expect(times).toEqual([0, 0]);
  });
});
