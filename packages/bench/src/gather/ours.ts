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

function prepareWith(sleeper: Sleeper, options: AsyncioOptions = {}): Prepare {
  return (n) => {
    const delays = randomDelays(n);
    return async (allAsleep) => {
      const witness = new Witness();
      const main = coroutine(async function main(): Promise<void> {
        const all = gather(delays.map((delayMs) => sleeper(delayMs, witness)));
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
