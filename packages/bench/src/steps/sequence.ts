import { install } from '@sinonjs/fake-timers';
import { AsyncioEventLoop, coroutine, sleep, VirtualClock, type Coroutine } from '@timeloom/asyncio';
import type { Prepare } from '../program.ts';

/** One task that sleeps `n` times, 1 ms each. */

const asyncSequence = coroutine(async function sequence(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await sleep(1);
});

const generatorSequence = coroutine(function* sequence(n: number) {
  for (let i = 0; i < n; i++) yield* sleep(1);
});

export const nativeSleeps: Prepare = (n) => () => runOnLoop(asyncSequence(n), n);
export const generatorSleeps: Prepare = (n) => () => runOnLoop(generatorSequence(n), n);

async function runOnLoop(main: Coroutine<void>, endMs: number): Promise<void> {
  const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
  await loop.runUntilComplete(main);
  if (loop.time() !== endMs) throw new Error(`it is ${loop.time()} ms, expected ${endMs}`);
  loop.close();
}

/** Wakes the one sleeper in a macrotask; its clock is a number. */
export const floorSleeps: Prepare = (n) => async () => {
  let now = 0;
  const sleepOnFloor = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        now += delayMs;
        resolve();
      });
    });
  for (let i = 0; i < n; i++) await sleepOnFloor(1);
  if (now !== n) throw new Error(`it is ${now} ms, expected ${n}`);
};

export const fakeSleeps: Prepare = (n) => async () => {
  const clock = install({ toFake: ['setTimeout'], now: 0, loopLimit: n + 1 });
  const sequence = async (): Promise<void> => {
    for (let i = 0; i < n; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const finished = sequence();
  await clock.runAllAsync();
  await finished;
  if (clock.now !== n) throw new Error(`it is ${clock.now} ms, expected ${n}`);
  clock.uninstall();
};
