import { DeadlockError, EventLoop, UncontrolledAsyncError, type HostWork } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { virtualLoop } from './helpers.ts';

/** Real work that takes a few of the host's macrotasks. */
const realWork = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 1));

describe('External work', () => {
  it('holds the clock until it settles', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.callLater(30_000, () => order.push('timeout'));
    await loop.runUntilComplete(async () => {
      order.push(await loop.external(realWork('work')));
      order.push(`at ${loop.time()}`);
    });
    expect(order).toEqual(['work', 'at 0']);
  });

  it('prevents a deadlock from being declared', async () => {
    const loop = virtualLoop();
    expect(await loop.runUntilComplete(() => loop.external(realWork(1)))).toBe(1);
  });

  it('passes a failure on, in a step of the loop', async () => {
    const loop = virtualLoop();
    const failing = loop.runUntilComplete(() => loop.external(realWork(0).then(() => Promise.reject(new Error('no')))));
    await expect(failing).rejects.toThrow('no');
    expect(loop.statistics().external).toBe(0);
  });

  it('counts only while it is in flight', async () => {
    const loop = virtualLoop();
    await loop.runUntilComplete(async () => {
      const work = loop.external(realWork(1));
      expect(loop.statistics().external).toBe(1);
      await work;
      expect(loop.statistics().external).toBe(0);
    });
  });

  it('is waited for by many loops at once, with one listener on the process', async () => {
    const before = process.listenerCount('beforeExit');
    const loops = Array.from({ length: 20 }, () => virtualLoop());
    let during = 0;
    const allWait = new Promise((resolve) => setTimeout(resolve, 10));
    const watched = allWait.then(() => (during = process.listenerCount('beforeExit')));
    await Promise.all(loops.map((loop) => loop.runUntilComplete(() => loop.external(watched.then(() => realWork(1))))));
    expect([during - before, process.listenerCount('beforeExit') - before]).toEqual([1, 0]);
  });

  it('is dropped quietly if the loop is closed before it settles', async () => {
    const loop = virtualLoop();
    let settled = false;
    await loop.runUntilComplete(() => {
      loop.external(realWork(1)).then(() => (settled = true));
    });
    loop.close();
    await realWork(1);
    expect(settled).toBe(false);
  });
});

describe('Work of the host', () => {
  /** In flight for as many questions as it is told; the host calls back once for each. */
  function hostWork(questions: number): HostWork {
    return {
      inFlight(wake) {
        if (questions === 0) return false;
        questions--;
        setTimeout(wake, 0);
        return true;
      },
    };
  }

  it('holds the clock and keeps a deadlock from being declared, until it says that it is done', async () => {
    const loop = virtualLoop();
    const order: string[] = [];
    loop.holdWhile({
      inFlight(wake) {
        if (order.length > 0) return false;
        setTimeout(() => {
          order.push(`work at ${loop.time()}`);
          wake();
        }, 0);
        return true;
      },
    });
    loop.callLater(30_000, () => {
      order.push(`timeout at ${loop.time()}`);
      loop.stop();
    });
    await loop.runForever();
    expect(order).toEqual(['work at 0', 'timeout at 30000']);
    await expect(virtualLoop().runForever()).rejects.toThrow(DeadlockError);
  });

  it('is asked again each time it wakes the loop, and by every loop it was given to', async () => {
    const work = hostWork(5);
    const loops = [virtualLoop(), virtualLoop()];
    for (const loop of loops) {
      loop.holdWhile(work);
      loop.callLater(1, () => loop.stop());
    }
    await Promise.all(loops.map((loop) => loop.runForever()));
    expect(work.inFlight(() => {})).toBe(false);
  });

  it('holds nothing any more once it is taken away', async () => {
    const loop = virtualLoop();
    const release = loop.holdWhile({ inFlight: () => true });
    release();
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    expect(loop.time()).toBe(1);
  });

  it('explains what enters between two steps, except where that is an error', async () => {
    const run = async (loop: EventLoop): Promise<void> => {
      loop.holdWhile(hostWork(0));
      await loop.runUntilComplete(async () => {
        setTimeout(() => loop.callSoon(() => {}, { label: 'delivery' }), 0);
        await loop.external(realWork(0));
      });
    };
    await run(virtualLoop({ uncontrolled: 'warn' }));
    const strict = virtualLoop({ uncontrolled: 'error' });
    await expect(
      strict.runUntilComplete(async () => {
        strict.holdWhile(hostWork(0));
        setTimeout(() => expect(() => strict.callSoon(() => {})).toThrow(UncontrolledAsyncError), 0);
        await strict.external(realWork(0));
      }),
    ).rejects.toThrow(UncontrolledAsyncError);
  });
});

describe('A callback from a source that nobody marked', () => {
  /** Runs a loop that a real timer enters; gives what the entry threw. */
  async function enterUnmarked(loop: EventLoop): Promise<unknown> {
    let thrown: unknown;
    // The marked work keeps the loop waiting; the entry beside it is not marked.
    const stray = (): void => {
      try {
        loop.callSoon(() => {}, { label: 'stray' });
      } catch (error) {
        thrown = error;
      }
    };
    await loop
      .runUntilComplete(async () => {
        setTimeout(stray, 0);
        await loop.external(realWork(0));
      })
      .catch((error: unknown) => expect(error).toBe(thrown));
    return thrown;
  }

  it('ends the run with UncontrolledAsyncError where that is asked for', async () => {
    const thrown = await enterUnmarked(virtualLoop({ uncontrolled: 'error' }));
    expect(thrown).toBeInstanceOf(UncontrolledAsyncError);
    expect(thrown).toMatchObject({ code: 'TIMELOOM_UNCONTROLLED', label: 'stray' });
  });

  it('ends a run that was about to take a step, which is not taken', async () => {
    const loop = virtualLoop({ uncontrolled: 'error' });
    let steps = 0;
    const ended = loop.runUntilComplete(async () => void steps++);
    expect(() => loop.callSoon(() => {})).toThrow(UncontrolledAsyncError);
    await expect(ended).rejects.toThrow(UncontrolledAsyncError);
    // By then every step would have been taken.
    const other = virtualLoop();
    await other.runUntilComplete(() => other.external(realWork(0)));
    expect([steps, loop.statistics().steps]).toEqual([0, 0]);
  });

  it('is warned of, once, on a virtual clock', async () => {
    const warnings: unknown[] = [];
    const original = console.warn;
    console.warn = (message: unknown) => void warnings.push(message);
    try {
      const loop = virtualLoop();
      await enterUnmarked(loop);
      await enterUnmarked(loop);
    } finally {
      console.warn = original;
    }
    expect(warnings).toEqual([expect.stringContaining('Timeloom: stray was scheduled from outside')]);
  });

  it('is allowed where that is asked for, and through callSoonThreadsafe always', async () => {
    expect(await enterUnmarked(virtualLoop({ uncontrolled: 'allow' }))).toBeUndefined();
    const strict = virtualLoop({ uncontrolled: 'error' });
    let entered = false;
    await strict.runUntilComplete(async () => {
      setTimeout(() => strict.callSoonThreadsafe(() => (entered = true)), 0);
      await strict.external(realWork(0));
    });
    expect(entered).toBe(true);
  });
});
