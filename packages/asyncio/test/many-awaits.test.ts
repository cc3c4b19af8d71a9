import { createTask, currentTask, gather, getRunningLoop, isCancelled, sleep, type Future } from '@timeloom/asyncio';
import type { Handle } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

describe('A task that awaits many at once', () => {
  it('goes on with each when it is due, and waits for the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 }), async (delays) => {
        await runVirtual(async () => {
          const woken: number[] = [];
          const napper = createTask(async () => {
            await Promise.all(delays.map(async (ms) => void woken.push(await sleep(ms, ms))));
            expect(currentTask()!.isSuspended).toBe(false);
          });
          for (let ms = 1; ms < Math.max(...delays); ms++) {
            await sleep(ms + 0.5 - now());
            expect([napper.isSuspended, napper.done()]).toEqual([true, false]);
            expect(woken).toEqual(delays.filter((delay) => delay <= ms).toSorted((a, b) => a - b));
          }
          await napper;
          expect(napper.isSuspended).toBe(false);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is cancelled wherever it still waits, the last await first, and leaves no timer behind', async () => {
    const delays = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(delays, fc.integer({ min: 0, max: 8 }), async (delays, after) => {
        await runVirtual(async () => {
          const cancelled: number[] = [];
          const nap = async (ms: number, index: number): Promise<void> => {
            await errorOf(async () => await sleep(ms)).then(
              (error) => isCancelled(error) && cancelled.push(index),
              () => {},
            );
          };
          const napper = createTask(async () => void (await Promise.all(delays.map(nap))));
          await sleep(after + 0.5);
          const asleep = delays.flatMap((ms, index) => (ms > after ? [index] : []));
          expect(napper.cancel()).toBe(asleep.length > 0);
          await sleep(0);
          await sleep(0);
          expect(cancelled).toEqual(asleep.toReversed());
          expect(getRunningLoop().statistics().pendingTimers).toBe(0);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is said to wait for the last of them', async () => {
    await runVirtual(async () => {
      const [first, second] = [getRunningLoop().createFuture<void>(), getRunningLoop().createFuture<void>()];
      first.addDoneCallback(function one() {});
      second.addDoneCallback(function other() {});
      const task = createTask(async () => await Promise.all([first, second]));
      await sleep(1);
      expect(String(task)).toContain('wait_for=<Future pending cb=[other(), Task.task_wakeup()]>');
      second.setResult();
      await sleep(1);
      expect(String(task)).toContain('wait_for=<Future pending cb=[one(), Task.task_wakeup()]>');
      first.setResult();
      await task;
    });
  });
});

describe('A step of the loop', () => {
  const program = async (): Promise<unknown> => {
    const nap = (ms: number) => async () => await sleep(ms, ms);
    const both = (ms: number) => async () => await gather([nap(ms), nap(ms + 1)]);
    return await gather([both(1), both(1), nap(1), nap(2)]);
  };

  it('is seen once by who observes them, and never used for another', async () => {
    const seen: Handle[] = [];
    const instruments = [{ stepStarted: (handle: Handle) => void seen.push(handle) }];
    const results = await runVirtual(program, { instruments });
    expect(results).toEqual([[1, 2], [1, 2], 1, 2]);
    const ofGather = seen.filter((handle) => handle.label.endsWith('gatherChildDone()'));
    expect([ofGather.length, new Set(ofGather).size]).toEqual([8, 8]);
  });

  it('that is used again is used for one thing at a time', async () => {
    await runVirtual(async () => {
      expect(await program()).toEqual(await program());
      const outer: Future<unknown> = gather([async () => await program(), async () => await program()]);
      expect(await outer).toEqual([await program(), await program()]);
    });
  });
});
