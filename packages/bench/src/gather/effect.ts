import { Effect, Fiber } from 'effect';
import { TestClock } from 'effect/testing';
import type { Prepare } from '../program.ts';
import { horizonMs, randomDelays, Witness } from './sleepers.ts';

/** Effect's TestClock: fork the sleepers, move the clock past all of them, join. */
export const effect: Prepare = (n) => {
  const delays = randomDelays(n);
  return async (allAsleep) => {
    const witness = new Witness();
    const sleeper = (delayMs: number) =>
      Effect.gen(function* () {
        yield* Effect.sleep(delayMs);
        witness.woke(delayMs);
      });
    const program = Effect.gen(function* () {
      const fibers = yield* Effect.forEach(delays, (delayMs) => Effect.forkChild(sleeper(delayMs)));
      if (allAsleep !== undefined) {
        yield* Effect.yieldNow;
        allAsleep();
      }
      yield* TestClock.adjust(horizonMs);
      yield* Fiber.joinAll(fibers);
    });
    // To fork takes longer than the second after which the clock would warn that nobody moves it.
    await Effect.runPromise(Effect.provide(program, TestClock.layer({ warningDelay: '1 hour' })));
    witness.check(n);
  };
};
