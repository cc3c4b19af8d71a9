import timersModule from 'node:timers';
import { setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { DeadlockError, EventLoop, VirtualClock, type ChoicePoint } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { installHost } from '../src/index.ts';
import { runVirtually } from './helpers.ts';

const newLoop = (): EventLoop => new EventLoop({ clock: new VirtualClock() });
const never = (): Promise<never> => new Promise(() => {});

describe('setTimeout', () => {
  it('fires as a model of Node’s timers says, whatever is made, cleared and refreshed', async () => {
    const ms = fc.integer({ min: 1, max: 20 });
    const action = fc.record({ at: ms, kind: fc.constantFrom('set', 'clear', 'refresh'), delay: ms, which: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        // By time, and at one time in the order of the list: the actions are timers too, made first.
        const inOrder = actions.toSorted((a, b) => a.at - b.at);
        const fired = await runVirtually(async (now) => {
          const fired: string[] = [];
          const made: NodeJS.Timeout[] = [];
          for (const { at, kind, delay, which } of inOrder) {
            setTimeout(() => {
              const timer = made[which % made.length];
              if (kind === 'set') {
                const n = made.length;
                made.push(setTimeout(() => fired.push(`${n} at ${now()}`), delay));
              } else if (kind === 'clear') clearTimeout(timer);
              else timer?.refresh();
            }, at);
          }
          await sleep(100);
          return fired;
        });
        expect(fired).toEqual(modelOf(inOrder));
      }),
    );
  });

  it('gives a number that is the same in every run', async () => {
    const number = () => runVirtually(() => [1, 2].map(() => Number(setTimeout(() => {}, 1))));
    expect(await number()).toEqual(await number());
  });

  it('shows what Node’s timers show', async () => {
    await runVirtually(async () => {
      const callback = (): void => {};
      const timer = setTimeout(callback, 5.5) as unknown as Record<string, unknown>;
      const fields = ['_idleTimeout', '_onTimeout', '_repeat', '_destroyed'].map((field) => timer[field]);
      expect(fields).toEqual([5, callback, null, false]);
      expect(timer.constructor.name).toBe('Timeout');
      await sleep(10);
      expect(timer['_destroyed']).toBe(true);
    });
  });

  it('is the same function in all places, with the host’s name, length and promised form', async () => {
    const { name, length } = setTimeout;
    await runVirtually(() => {
      expect(globalThis.setTimeout).toBe(timersModule.setTimeout);
      expect([setTimeout.name, setTimeout.length]).toEqual([name, length]);
    });
  });
});

interface Action {
  readonly at: number;
  readonly kind: string;
  readonly delay: number;
  readonly which: number;
}

/** What a list of timers, searched at each step, would do. */
function modelOf(actions: readonly Action[]): string[] {
  interface Made {
    delay: number;
    due: number;
    /** Order among those due together. */
    order: number;
    cleared: boolean;
  }
  const fired: string[] = [];
  const made: Made[] = [];
  let order = 0;
  const fireUntil = (time: number, before: number): void => {
    for (;;) {
      const due = made.filter((timer) => timer.due < time || (timer.due === time && timer.order < before));
      const [next] = due.toSorted((a, b) => a.due - b.due || a.order - b.order);
      if (next === undefined) return;
      fired.push(`${made.indexOf(next)} at ${next.due}`);
      next.due = Infinity;
    }
  };
  for (const { at, kind, delay, which } of actions) {
    fireUntil(at, 0);
    const timer = made[which % made.length];
    if (kind === 'set') made.push({ delay, due: at + delay, order: ++order, cleared: false });
    else if (timer === undefined || timer.cleared) continue;
    else if (kind === 'clear') Object.assign(timer, { due: Infinity, cleared: true });
    else Object.assign(timer, { due: at + timer.delay, order: ++order });
  }
  fireUntil(Infinity, 0);
  return fired;
}

describe('An exception in a callback', () => {
  it('goes to the loop’s exception handler, with the timer', async () => {
    const loop = newLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_, { message, exception, handle }) => {
      reports.push(message, (exception as Error).message, (handle as unknown as { timeout: unknown }).timeout);
    });
    using _host = installHost(loop);
    let timer: unknown;
    await loop.runUntilComplete(async () => {
      timer = setTimeout(function poll() {
        throw new Error('expected');
      }, 5);
      await sleep(10);
    });
    expect(reports).toEqual(['Exception in callback setTimeout poll()', 'expected', timer]);
  });
});

describe('Timers that were unref’d', () => {
  it('let a program that waits for them end, and say so', async () => {
    const loop = newLoop();
    using _host = installHost(loop);
    const waiting = loop.runUntilComplete(() => sleep(50, undefined, { ref: false }));
    await expect(waiting).rejects.toThrow('1 timer is left, which keeps no run alive');
    expect(loop.time()).toBe(0);
  });

  it('fire if something else keeps the process alive', async () => {
    const elapsed = await runVirtually(
      async (now) => {
        await sleep(50, undefined, { ref: false });
        return now();
      },
      { host: { keepAlive: true } },
    );
    expect(elapsed).toBe(50);
  });

  it('may be ref’d again, and the other way round', async () => {
    const loop = newLoop();
    using _host = installHost(loop);
    const fired: string[] = [];
    loop.callSoon(() => {
      setTimeout(() => fired.push('kept'), 10)
        .unref()
        .ref();
      setTimeout(() => fired.push('never'), 20)
        .ref()
        .unref();
    });
    await expect(loop.runForever()).rejects.toThrow(DeadlockError);
    expect([fired, loop.time()]).toEqual([['kept'], 10]);
  });
});

describe('What is left when the loop is removed', () => {
  it('is listed, earliest first, with the place that made it', async () => {
    const loop = newLoop();
    const host = installHost(loop);
    await loop.runUntilComplete(() => {
      setInterval(function poll() {}, 100);
      setTimeout(() => {}, 50);
      setTimeout(() => {}, 10).unref();
      clearTimeout(setTimeout(() => {}, 20));
      void sleep(70);
    });
    const during = host.leaks();
    host();
    expect(host.leaks()).toEqual(during);
    const place = expect.stringMatching(/timers\.test\.ts:\d+:\d+$/) as string;
    expect(during).toEqual([
      { what: 'setTimeout', dueMs: 50, at: place },
      { what: 'setTimeout', dueMs: 70, at: place },
      { what: 'setInterval poll()', dueMs: 100, at: place },
    ]);
  });

  it('lists immediates, whatever ended the run', async () => {
    const loop = new EventLoop({ clock: new VirtualClock(), maxSteps: 2 });
    const host = installHost(loop, { sites: 0 });
    const again = (): void => void setImmediate(again);
    await expect(loop.runUntilComplete(async () => (again(), never()))).rejects.toThrow('Step limit');
    expect(host.leaks()).toEqual([{ what: 'setImmediate again()', dueMs: undefined, at: undefined }]);
    host();
  });

  it('never fires, not even if the loop runs on', async () => {
    const loop = newLoop();
    const fired: string[] = [];
    const host = installHost(loop);
    await loop.runUntilComplete(() => {
      setTimeout(() => fired.push('timer'), 5);
      setInterval(() => fired.push('interval'), 5);
      setImmediate(() => fired.push('immediate'));
      void sleep(5).then(() => fired.push('sleep'));
    });
    host();
    await loop.runUntilComplete(() => new Promise<void>((resolve) => void loop.callLater(100, resolve)));
    expect(fired).toEqual([]);
  });

  it('can be used after that, to no effect', () => {
    const loop = newLoop();
    const host = installHost(loop);
    const timer = setTimeout(() => {}, 5);
    const iterator = ticks(5);
    host();
    timer.refresh().ref().unref();
    void iterator.next();
    expect([timer.hasRef(), loop.statistics().pendingTimers]).toEqual([false, 0]);
    loop.close();
    timer.refresh();
    clearTimeout(timer);
  });

  it.each([
    ['was left behind', 50, [150]],
    ['has fired', 5, [5, 105]],
  ])('starts on the next loop, if it %s, is kept, and is refreshed there', async (_, ms, expected) => {
    const fired: number[] = [];
    let loop = newLoop();
    const host = installHost(loop);
    const kept = setTimeout(() => fired.push(loop.time()), ms);
    await loop.runUntilComplete(() => sleep(10));
    host();
    loop = newLoop();
    using _host = installHost(loop);
    await loop.runUntilComplete(async () => {
      await sleep(100);
      kept.refresh();
      await sleep(100);
    });
    expect(fired).toEqual(expected);
  });
});

describe('A search', () => {
  const explore = async (choose: (point: ChoicePoint) => number): Promise<string[]> => {
    const loop = new EventLoop({ clock: new VirtualClock(), scheduler: { choose } });
    using _host = installHost(loop);
    const order: string[] = [];
    await loop.runUntilComplete(async () => {
      for (const name of ['a', 'b']) {
        setTimeout(() => {
          order.push(name);
          setImmediate(() => order.push(`${name} immediate`));
        }, 5);
      }
      loop.callAt(5, () => order.push('other'), { label: 'other' });
      await sleep(20);
    });
    return order;
  };

  it('swaps timers with what is not of the host, but never timers that are due together', async () => {
    const first = await explore(() => 0);
    const last = await explore((point) => point.size - 1);
    expect(first).toEqual(['a', 'b', 'other', 'a immediate', 'b immediate']);
    expect(last).toEqual(['other', 'a', 'b', 'a immediate', 'b immediate']);
  });
});
