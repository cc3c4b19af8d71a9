import {
  Condition,
  createTask,
  gather,
  isCancelled,
  Lock,
  Queue,
  run,
  Semaphore,
  sleep,
  VirtualClock,
  type Task,
} from '@timeloom/asyncio';
import { createRandom } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Runs a program with steps in a random order, and gives it the source of chance. */
function runShuffled<T>(seed: number, main: (below: (limit: number) => number) => Promise<T>): Promise<T> {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const scheduler = { choose: ({ size }: { size: number }) => below(size) };
  return run(() => main(below), { clock: new VirtualClock(), scheduler, awaitSites: 0 });
}

/** Cancels some of the tasks at random moments, then waits for all of them. */
async function disturb(tasks: readonly Task[], below: (limit: number) => number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await sleep(below(5));
    tasks[below(tasks.length)]!.cancel();
  }
  for (const task of tasks) {
    try {
      await task;
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('Whatever the order of steps, and whoever is cancelled,', () => {
  it('a semaphore lets only so many pass, and all places are free in the end', async () => {
    const property = fc.asyncProperty(seeds, fc.integer({ min: 1, max: 3 }), async (seed, places) => {
      await runShuffled(seed, async (below) => {
        const semaphore = new Semaphore(places);
        let inside = 0;
        const visit = () =>
          semaphore.with(async () => {
            expect(++inside).toBeLessThanOrEqual(places);
            try {
              await sleep(below(3));
            } finally {
              inside--;
            }
          });
        await disturb(
          Array.from({ length: 8 }, () => createTask(visit)),
          below,
        );
        expect([semaphore.value, semaphore.locked(), inside]).toEqual([places, false, 0]);
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('a lock is held by one task at a time, and is free in the end', async () => {
    const property = fc.asyncProperty(seeds, async (seed) => {
      await runShuffled(seed, async (below) => {
        const lock = new Lock();
        let inside = 0;
        const visit = async () => {
          for (let round = 0; round < 2; round++) {
            await lock.acquire();
            try {
              expect(++inside).toBe(1);
              await sleep(below(3));
            } finally {
              inside--;
              lock.release();
            }
          }
        };
        await disturb(
          Array.from({ length: 6 }, () => createTask(visit)),
          below,
        );
        expect(String(lock)).toBe('<Lock [unlocked]>');
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('a condition loses no notification', async () => {
    const property = fc.asyncProperty(seeds, async (seed) => {
      await runShuffled(seed, async (below) => {
        const condition = new Condition();
        let stock = 0;
        let taken = 0;
        const take = () =>
          condition.with(async () => {
            await condition.waitFor(() => stock > 0);
            stock--;
            taken++;
          });
        const tasks = Array.from({ length: 6 }, () => createTask(take));
        const supply = createTask(async () => {
          for (let i = 0; i < 6; i++) {
            await sleep(below(4));
            await condition.with(async () => {
              stock++;
              condition.notify();
            });
          }
        });
        await disturb(tasks, below);
        await supply;
        expect(taken + stock).toBe(6);
        expect(taken).toBe(tasks.filter((task) => !task.cancelled()).length);
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('a queue loses no item and keeps the order of each producer', async () => {
    const property = fc.asyncProperty(seeds, fc.integer({ min: 0, max: 2 }), async (seed, maxSize) => {
      await runShuffled(seed, async (below) => {
        const queue = new Queue<readonly [producer: number, item: number]>(maxSize);
        const received: (readonly [number, number])[] = [];
        const produce = (producer: number) => async () => {
          for (let item = 0; item < 5; item++) {
            await sleep(below(3));
            await queue.put([producer, item]);
          }
        };
        const consume = async () => {
          for (;;) {
            received.push(await queue.get());
            queue.taskDone();
          }
        };
        const consumers = [1, 2, 3].map(() => createTask(consume));
        const producers = gather([produce(0), produce(1)]);
        await sleep(below(5));
        consumers[below(3)]!.cancel();
        await producers;
        await queue.join();
        for (const producer of [0, 1]) {
          const items = received.filter(([from]) => from === producer).map(([, item]) => item);
          expect(items).toEqual([0, 1, 2, 3, 4]);
        }
        for (const consumer of consumers) consumer.cancel();
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
