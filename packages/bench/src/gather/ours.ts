import {
  AsyncioEventLoop,
  coroutine,
  gather,
  sleep,
  VirtualClock,
  type AsyncioOptions,
  type Coroutine,
} from '@timeloom/asyncio';
import type { Prepare } from '../program.ts';
import { randomDelays, Witness } from './sleepers.ts';

type Sleeper = (delayMs: number, witness: Witness) => Coroutine<void>;

const asyncSleeper: Sleeper = coroutine(async function sleeper(delayMs: number, witness: Witness): Promise<void> {
  await sleep(delayMs);
  witness.woke(delayMs);
});

const generatorSleeper: Sleeper = coroutine(function* sleeper(delayMs: number, witness: Witness) {
  yield* sleep(delayMs);
  witness.woke(delayMs);
});

/** Native async functions, as a user writes them. */
export const native: Prepare = prepareWith(asyncSleeper);

/** The same, and no record of where in the source the tasks wait. */
export const withoutSites: Prepare = prepareWith(asyncSleeper, { awaitSites: 0 });

/** Generator functions. */
export const generators: Prepare = prepareWith(generatorSleeper);

async function calledSleeper(delayMs: number, witness: Witness): Promise<void> {
  await sleep(delayMs);
  witness.woke(delayMs);
}

/** Async functions that are called, without a task for each: what the peers' programs do. */
export const called: Prepare = prepareWith(calledSleeper);

/** The same, as one does without asyncio. */
export const promiseAll: Prepare = prepareWith(calledSleeper, {}, (promises) => Promise.all(promises));

function prepareWith<S extends PromiseLike<void>>(
  sleeper: (delayMs: number, witness: Witness) => S,
  options: AsyncioOptions = {},
  combine: (sleepers: S[]) => PromiseLike<unknown> = gather,
): Prepare {
  return (n) => {
    const delays = randomDelays(n);
    return async (allAsleep) => {
      const witness = new Witness();
      const main = coroutine(async function main(): Promise<void> {
        const all = combine(delays.map((delayMs) => sleeper(delayMs, witness)));
        if (allAsleep !== undefined) {
          await sleep(0);
          allAsleep();
        }
        await all;
      });
      const loop = new AsyncioEventLoop({ ...options, clock: new VirtualClock() });
      await loop.runUntilComplete(main());
      loop.close();
      witness.check(n);
    };
  };
}
