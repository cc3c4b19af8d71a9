import { EventLoop, LoopClosedError, RealClock, RuntimeError, runningLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { runAll, virtualLoop } from './helpers.ts';

describe('runUntilComplete', () => {
  it('gives the result of a function, a promise it returns, or their failure', async () => {
    const loop = virtualLoop();
    expect(await loop.runUntilComplete(() => 1)).toBe(1);
    expect(await loop.runUntilComplete(async () => 2)).toBe(2);
    await expect(loop.runUntilComplete(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    await expect(
      loop.runUntilComplete(() => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
  });

  it('runs timers until the promise settles, in no real time', async () => {
    const loop = virtualLoop();
    const started = performance.now();
    await loop.runUntilComplete(() => new Promise<void>((resolve) => loop.callLater(3_600_000, resolve)));
    expect(loop.time()).toBe(3_600_000);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('finishes the turn it ends in', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    await loop.runUntilComplete(() => {
      loop.callSoon(() => order.push('next turn'));
      return Promise.resolve().then(() => void loop.callSoon(() => order.push('from a microtask')));
    });
    expect(order).toEqual([]);
    await runAll(loop);
    expect(order).toEqual(['next turn', 'from a microtask']);
  });

  it('is refused inside of a step, of this loop or of another', async () => {
    const loop = virtualLoop();
    const other = virtualLoop();
    await loop.runUntilComplete(async () => {
      await expect(loop.runForever()).rejects.toThrow(new RuntimeError('This event loop is already running'));
      await expect(other.runUntilComplete(() => 1)).rejects.toThrow('while another loop is running');
    });
  });

  it('says so if the loop is stopped before the end, and can be called again', async () => {
    const loop = virtualLoop();
    const never = new Promise<never>(() => {});
    loop.callLater(1, () => loop.stop());
    await expect(loop.runUntilComplete(() => never)).rejects.toThrow('Event loop stopped before Future completed.');
    expect(await loop.runUntilComplete(() => 'again')).toBe('again');
  });

  it('refuses what is not a function', async () => {
    await expect(virtualLoop().runUntilComplete(42 as never)).rejects.toThrow(
      'a callable object was expected by runUntilComplete(), got 42',
    );
  });
});

describe('stop', () => {
  it('lets the turn end, then ends the run', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.callSoon(() => {
      loop.stop();
      loop.callSoon(() => order.push('next turn'));
    });
    loop.callSoon(() => order.push('same turn'));
    await loop.runForever();
    expect(order).toEqual(['same turn']);
    expect(loop.isRunning()).toBe(false);
  });

  it('called before a run lets it do one turn without moving the time', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.callLater(5, () => order.push('timer'));
    loop.callSoon(() => order.push('ready'));
    loop.stop();
    await loop.runForever();
    expect([order, loop.time()]).toEqual([['ready'], 0]);
  });
});

describe('close', () => {
  it('drops what is scheduled, refuses everything after, and can be repeated', async () => {
    const loop = virtualLoop();
    let ran = false;
    loop.callSoon(() => (ran = true));
    loop.callLater(1, () => (ran = true));
    loop.close();
    loop.close();
    expect([loop.isClosed(), loop.pendingTimers()]).toEqual([true, []]);
    expect(() => loop.callSoon(() => {})).toThrow(new LoopClosedError());
    expect(() => loop.callLater(1, () => {})).toThrow('Event loop is closed');
    expect(() => loop.external(Promise.resolve())).toThrow('Event loop is closed');
    await expect(loop.runForever()).rejects.toThrow('Event loop is closed');
    expect(ran).toBe(false);
  });

  it('is refused while the loop runs', async () => {
    const loop = virtualLoop();
    await loop.runUntilComplete(() => {
      expect(() => loop.close()).toThrow('Cannot close a running event loop');
    });
  });
});

describe('The running loop', () => {
  it('is known during a step and its microtasks, and at no other time', async () => {
    const loop = virtualLoop();
    expect(runningLoop()).toBe(null);
    await loop.runUntilComplete(async () => {
      expect(runningLoop()).toBe(loop);
      await Promise.resolve();
      expect(runningLoop()).toBe(loop);
    });
    expect(runningLoop()).toBe(null);
  });

  it('is each one’s own when two loops run at the same time', async () => {
    const loops = [virtualLoop(), virtualLoop()];
    const run = (loop: EventLoop) =>
      loop.runUntilComplete(async () => {
        for (let i = 0; i < 20; i++) {
          await new Promise<void>((resolve) => loop.callLater(1, resolve));
          expect(runningLoop()).toBe(loop);
        }
      });
    await Promise.all(loops.map(run));
    expect(loops.map((loop) => loop.time())).toEqual([20, 20]);
  });
});

describe('Exceptions in callbacks', () => {
  it('go to the exception handler, and the loop goes on', async () => {
    const loop = virtualLoop();
    let after = false;
    loop.callSoon(function failing() {
      throw new Error('sync');
    });
    loop.callSoon(
      async () => {
        await null;
        throw new Error('async');
      },
      { label: 'rejecting' },
    );
    loop.callLater(1, () => (after = true));
    await runAll(loop);
    expect(loop.reports).toEqual([
      'Exception in callback failing(): Error: sync',
      'Exception in callback rejecting: Error: async',
    ]);
    expect(after).toBe(true);
  });

  it('do not end the loop when the handler itself throws', async () => {
    const loop = virtualLoop();
    loop.setExceptionHandler(() => {
      throw new Error('in the handler');
    });
    let after = false;
    loop.callSoon(() => {
      throw new Error('first');
    });
    loop.callSoon(() => (after = true));
    const logged = await logOf(() => runAll(loop));
    expect(after).toBe(true);
    expect(logged).toEqual([
      ['Exception in callback callback():', new Error('first')],
      ['Unhandled error in exception handler:', new Error('in the handler')],
    ]);
  });

  it('need a handler that is a function or null', () => {
    expect(() => virtualLoop().setExceptionHandler('log' as never)).toThrow('setExceptionHandler()');
  });
});

describe('A real clock', () => {
  it('waits, and keeps the order of a virtual one', async () => {
    const loop = new EventLoop({ clock: new RealClock() });
    const order: number[] = [];
    const started = loop.time();
    // Not `callLater`: that begins anew with each call, and a busy machine may pause between two.
    for (const ms of [4, 1, 2]) loop.callAt(started + ms, () => order.push(ms));
    loop.callAt(started + 5, () => loop.stop());
    await loop.runForever();
    expect(order).toEqual([1, 2, 4]);
    expect(loop.time() - started).toBeGreaterThanOrEqual(5);
  });

  it('wakes for work that arrives from outside while it waits', async () => {
    const loop = new EventLoop();
    loop.callLater(60_000, () => {});
    setTimeout(() => loop.callSoonThreadsafe(() => loop.stop()), 1);
    await loop.runForever();
    expect(loop.statistics().pendingTimers).toBe(1);
  });
});

describe('currentLabel', () => {
  it('names the running step, its microtasks included, and nothing between steps', async () => {
    const loop = virtualLoop();
    const seen: (string | null)[] = [];
    const look = (): void => void seen.push(loop.currentLabel());
    loop.callSoon(() => void Promise.resolve().then(look), { label: 'save' });
    loop.callLater(5, look, { label: 'retry' });
    look();
    await runAll(loop);
    look();
    expect(seen).toEqual([null, 'save', 'retry', null]);
  });
});

describe('Bad input', () => {
  it('names the parameter, the value and what is accepted', () => {
    const loop = virtualLoop();
    expect(() => loop.callSoon(42 as never)).toThrow(
      new TypeError('a callable object was expected by callSoon(), got 42'),
    );
    expect(() => loop.callLater(Number.NaN, () => {})).toThrow(
      new RangeError('delayMs must be a finite number of milliseconds, got NaN'),
    );
    expect(() => loop.callLater('1' as never, () => {})).toThrow(
      new TypeError('delayMs must be a number of milliseconds, got "1"'),
    );
    expect(() => loop.callAt(Infinity, () => {})).toThrow('whenMs must be a finite number');
    expect(() => loop.callAt(null as never, () => {})).toThrow('whenMs must be a number of milliseconds, got null');
    expect(() => new VirtualClock(Number.NaN)).toThrow('startMs must be a finite number');
    expect(() => new VirtualClock().block(-1)).toThrow('ms must be at least 0, got -1');
    expect(() => virtualLoop({ maxSteps: 0 })).toThrow('maxSteps must be a positive whole number or Infinity, got 0');
    expect(() => virtualLoop({ maxStepsPerInstant: '5' as never })).toThrow('maxStepsPerInstant must be a positive');
    expect(() => virtualLoop({ uncontrolled: 'maybe' as never })).toThrow("uncontrolled must be 'error'");
    expect(loop.statistics().pendingTimers).toBe(0);
  });
});

/** What `action` logs through the console that the loop took at its import. */
async function logOf(action: () => Promise<void>): Promise<unknown[][]> {
  const logged: unknown[][] = [];
  const original = console.error;
  console.error = (...data: unknown[]) => void logged.push(data);
  try {
    await action();
  } finally {
    console.error = original;
  }
  return logged;
}
