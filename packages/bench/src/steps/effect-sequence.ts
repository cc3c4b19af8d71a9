import { Effect, Fiber } from 'effect';
import { TestClock } from 'effect/testing';
import type { Prepare } from '../program.ts';

/** One fiber that sleeps `n` times on Effect's TestClock. */
export const effectSleeps: Prepare = (n) => async () => {
  const sequence = Effect.gen(function* () {
    for (let i = 0; i < n; i++) yield* Effect.sleep(1);
  });
  const program = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(sequence);
    yield* TestClock.adjust(n);
    yield* Fiber.join(fiber);
  });
  await Effect.runPromise(Effect.provide(program, TestClock.layer({ warningDelay: '1 hour' })));
};
