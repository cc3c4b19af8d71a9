import { checkFunction } from '@timeloom/loop';
import type { Awaitable } from '../awaitable.ts';
import { coroutine, Coroutine } from '../coroutine.ts';
import type { Suspend } from '../future.ts';
import { showAsText } from '../repr.ts';
import { awaitIt } from '../timeout.ts';

/** What is acquired and released: Lock, Condition, Semaphore. */
export abstract class Acquirable {
  /** Waits until it is free, and takes it. */
  abstract acquire(): Coroutine<true>;
  abstract release(): void;
  abstract toString(): string;

  /**
   * Acquires, runs `body` in the same task, and releases however it ends. Mirrors `async with`.
   *
   * @returns what `body` gives. @throws TypeError if `body` is not a function.
   */
  with<T>(body: () => Awaitable<T>): Coroutine<T> {
    checkFunction('with()', body);
    return acquired(this, body) as Coroutine<T>;
  }

  /**
   * Acquires; what it gives releases when it is disposed of:
   * `using held = await lock.hold();` holds the lock to the end of the block.
   */
  hold(): Coroutine<Disposable> {
    return held(this);
  }
}

showAsText(Acquirable.prototype);

const acquired = coroutine(function* withAcquired(
  what: Acquirable,
  body: () => unknown,
): Generator<Suspend, unknown, unknown> {
  yield* what.acquire();
  try {
    return yield* awaitIt(body);
  } finally {
    what.release();
  }
});

const held = coroutine(function* hold(what: Acquirable): Generator<Suspend, Disposable, unknown> {
  yield* what.acquire();
  return { [Symbol.dispose]: () => what.release() };
});
