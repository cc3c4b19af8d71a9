import {
  allTasks,
  AsyncioEventLoop,
  CancelledError,
  createTask,
  ensureFuture,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  Task,
  TimeoutError,
  VirtualClock,
  wait,
  waitFor,
} from '@timeloom/asyncio';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

const never = new Promise<never>(() => {});

async function slowly<T>(ms: number, value: T): Promise<T> {
  await sleep(ms);
  return value;
}

describe('A native promise', () => {
  it('is followed by a Future, which is no task', async () => {
    await runVirtual(async () => {
      const future = ensureFuture(slowly(10, 'done'));
      expect([future instanceof Future, future instanceof Task, allTasks().size]).toEqual([true, false, 1]);
      expect([await future, now()]).toEqual(['done', 10]);
    });
  });

  it('can be gathered, and a rejection that is already there is no alarm', async () => {
    await runVirtual(async () => {
      for (const others of [[], [() => slowly(5, 2)]]) {
        const awaitables = [Promise.resolve(1), Promise.reject(new Error('no')), ...others];
        const results: unknown[] = await gather(awaitables, { returnExceptions: true });
        expect(results).toEqual([1, new Error('no'), ...others.map(() => 2)]);
      }
    });
  });

  it('that is rejected with a CancelledError fails a gathering, which is not cancelled itself', async () => {
    await runVirtual(async () => {
      for (const others of [[], [() => slowly(5, 2)]]) {
        const gathering = gather([Promise.reject(new CancelledError('enough')), ...others]);
        expect(await errorOf(async () => await gathering)).toEqual(new CancelledError('enough'));
        expect([gathering.cancelled(), String(gathering)]).toEqual([
          false,
          `<_GatheringFuture finished exception=CancelledError('enough')>`,
        ]);
      }
    });
  });

  it('gives gather its result, in the order of the arguments, whenever it settles', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 }),
        fc.constantFrom<readonly boolean[]>([true], [true, false], [false, false, true]),
        async (delays, called) => {
          await runVirtual(async () => {
            const results = await gather(
              delays.map((delay, index) => {
                const work = (): Promise<number> => slowly(delay, index);
                return called[index % called.length]! ? work() : work;
              }),
            );
            expect(results).toEqual(delays.map((_, index) => index));
            expect(now()).toBe(Math.max(0, ...delays));
          });
        },
      ),
    );
  });

  it('fails a gathering with its own error, and the others go on', async () => {
    await runVirtual(async () => {
      for (const start of [0, 30]) {
        const other = slowly(30, 'later');
        const failing = slowly(10, 0).then(() => Promise.reject(new Error('broken')));
        const third = start === 0 ? slowly(5, 0) : () => slowly(5, 0);
        expect(await errorOf(() => gather([failing, other, third]))).toEqual(new Error('broken'));
        expect([now(), await other, now()]).toEqual([start + 10, 'later', start + 30]);
      }
    });
  });

  it('that is rejected with a CancelledError counts as cancelled', async () => {
    await runVirtual(async () => {
      const future = ensureFuture(Promise.reject(new CancelledError('enough')));
      await sleep(0);
      expect([future.cancelled(), future.cancelMessage]).toEqual([true, 'enough']);
    });
  });

  it('can be waited for no longer, while it goes on', async () => {
    await runVirtual(async () => {
      const promise = slowly(20, 'anyway');
      const future = ensureFuture(promise);
      expect(future.cancel('enough')).toBe(true);
      expect(await errorOf(async () => await future)).toEqual(new CancelledError('enough'));
      expect([now(), await promise, now()]).toEqual([0, 'anyway', 20]);
    });
  });

  it('ends for wait and shield when it settles', async () => {
    await runVirtual(async () => {
      const [first, second] = [ensureFuture(slowly(5, 1)), ensureFuture(never)];
      expect(await wait([first, second], { timeoutMs: 10 })).toEqual([new Set([first]), new Set([second])]);
      expect(await shield(slowly(5, 2))).toBe(2);
      second.cancel();
    });
  });

  it('whose rejection nobody looks at is reported when the loop is closed', async () => {
    const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
    const reports: unknown[] = [];
    loop.setExceptionHandler((_, { message, exception }) => reports.push([message, exception]));
    await loop.runUntilComplete(async () => {
      ensureFuture(Promise.reject(new Error('unseen')));
      await sleep(1);
    });
    loop.close();
    expect(reports).toEqual([['Future exception was never retrieved', new Error('unseen')]]);
  });

  it('that settles when its loop is closed changes nothing', async () => {
    const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
    let settle!: (value: number) => void;
    let seen = false;
    const future = await loop.runUntilComplete(async () => {
      const followed = ensureFuture(new Promise<number>((resolve) => void (settle = resolve)));
      followed.addDoneCallback(() => void (seen = true));
      return [followed];
    });
    loop.close();
    settle(1);
    await Promise.resolve();
    expect([future[0]!.done(), seen]).toEqual([false, false]);
  });

  it('that never settles is what the deadlock names, also behind gather', async () => {
    for (const awaited of [() => ensureFuture(never), () => gather([never]), () => gather([gather([never])])]) {
      const error = await errorOf(() => runVirtual(async () => await awaited()));
      expect(error.message).toContain('Task-1 function() awaits a promise that is not the loop’s');
      expect(error.message).toContain('mark real work with loop.external(promise)');
    }
    const mixed = await errorOf(() => runVirtual(async () => await gather([never, getRunningLoop().createFuture()])));
    expect(mixed.message).toContain('Task-1 function() awaits <_GatheringFuture pending');
  });
});

describe('A task that waits for many things at once', () => {
  const delays = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });

  it('goes on with each as it ends, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(delays, async (all) => {
        await runVirtual(async () => {
          const ends: number[] = [];
          const nap = async (ms: number): Promise<void> => {
            await sleep(ms);
            expect(now()).toBe(ms);
            ends.push(ms);
          };
          await Promise.all(all.map(nap));
          expect(ends).toEqual(all.toSorted((a, b) => a - b));
        });
      }),
    );
  });

  it('leaves none of them behind when it is cancelled between any two', async () => {
    await fc.assert(
      fc.asyncProperty(delays, fc.integer({ min: 0, max: 45 }), async (all, at) => {
        await runVirtual(async () => {
          const ends: string[] = [];
          const nap = async (ms: number): Promise<void> => {
            try {
              await sleep(ms);
              ends.push('slept');
            } catch (error) {
              ends.push(error instanceof CancelledError ? 'cancelled' : 'failed');
            }
          };
          const task = createTask(async () => void (await Promise.all(all.map(nap))));
          await sleep(at);
          task.cancel();
          await wait([task]);
          const slept = ends.filter((end) => end === 'slept').length;
          // Those that end at the very moment may be earlier or later than the cancellation.
          expect(slept).toBeGreaterThanOrEqual(all.filter((ms) => ms < at).length);
          expect(slept).toBeLessThanOrEqual(all.filter((ms) => ms <= at).length);
          expect(ends.filter((end) => end === 'cancelled')).toHaveLength(all.length - slept);
          expect(getRunningLoop().statistics().pendingTimers).toBe(0);
        });
      }),
    );
  });
});

describe('waitFor', () => {
  it('gives up on a promise that never settles', async () => {
    await runVirtual(async () => {
      expect(await errorOf(() => waitFor(never, 10))).toBeInstanceOf(TimeoutError);
      expect(now()).toBe(10);
    });
  });

  it('gives up on a gathering of such promises', async () => {
    await runVirtual(async () => {
      expect(await errorOf(() => waitFor(gather([never, never]), 10))).toBeInstanceOf(TimeoutError);
      expect(now()).toBe(10);
    });
  });

  it('lets the work behind a promise clean up, if it is the task’s own', async () => {
    const log: string[] = [];
    const work = async (): Promise<void> => {
      try {
        await sleep(100);
      } finally {
        await sleep(5);
        log.push(`cleaned up at ${now()}`);
      }
    };
    const waits = [() => waitFor(work(), 10), () => waitFor(gather([work(), work()]), 10)];
    for (const waited of waits) {
      await runVirtual(async () => {
        expect(await errorOf(waited)).toBeInstanceOf(TimeoutError);
        expect(now()).toBe(15);
      });
    }
    expect(log).toEqual(Array.from({ length: 3 }, () => 'cleaned up at 15'));
  });

  it('gives what a promise gives in time', async () => {
    await runVirtual(async () => {
      expect(await waitFor(slowly(10, 'in time'), 20)).toBe('in time');
      expect(await errorOf(() => waitFor(Promise.reject(new Error('broken')), 20))).toEqual(new Error('broken'));
    });
  });
});
