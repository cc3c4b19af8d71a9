import { checkMs, show } from '@timeloom/loop';
import { ensureFuture, type Awaitable } from './awaitable.ts';
import { coroutine, Coroutine, isAwaitable, isGenerator } from './coroutine.ts';
import { getRunningLoop } from './current.ts';
import { isCancelled, TimeoutError } from './errors.ts';
import type { Future, Suspend } from './future.ts';
import { awaitIt, timeout } from './timeout.ts';
import { isNativePromise } from './waiter.ts';

/**
 * Awaits with a time limit. A coroutine runs in the current task; what is awaited is cancelled when
 * the time is over, and awaited to its end before TimeoutError is thrown.
 *
 * Mirrors `asyncio.wait_for` of Python 3.12 and later.
 *
 * @param timeoutMs null for no limit; 0 or less gives only a result that is there already.
 * @throws TypeError, RangeError for bad arguments; (when awaited) TimeoutError if the time is over.
 */
export function waitFor<T>(awaitable: Awaitable<T>, timeoutMs: number | null): Coroutine<T> {
  if (timeoutMs !== null) checkMs('timeoutMs', timeoutMs);
  if (!isAwaitable(awaitable) && !isGenerator(awaitable) && typeof awaitable !== 'function') {
    throw new TypeError(`waitFor() expects an awaitable, got ${show(awaitable)}`);
  }
  return limited(awaitable, timeoutMs) as Coroutine<T>;
}

const limited = coroutine(function* waitFor(
  awaitable: Awaitable<unknown>,
  timeoutMs: number | null,
): Generator<Suspend, unknown, unknown> {
  if (timeoutMs !== null && timeoutMs <= 0) return yield* resultOfNow(ensureFuture(awaitable));
  // As a Future, for the wait for a promise could not be given up.
  const target = isNativePromise(awaitable) ? ensureFuture(awaitable) : awaitable;
  return yield* timeout(timeoutMs, function* () {
    return yield* awaitIt(target);
  });
});

function* resultOfNow(future: Future): Generator<Suspend, unknown, unknown> {
  if (future.done()) return future.result();
  yield* cancelAndWait(future);
  try {
    return future.result();
  } catch (error) {
    throw isCancelled(error) ? new TimeoutError() : error;
  }
}

/** Cancels a future and waits for its end, whatever that is. */
function* cancelAndWait(future: Future): Generator<Suspend, void, unknown> {
  const ended = getRunningLoop().createFuture<void>();
  const end = (): void => {
    if (!ended.done()) ended.setResult(undefined);
  };
  future.addInlineCallback(end);
  try {
    future.cancel();
    yield* ended;
  } finally {
    future.removeDoneCallback(end);
  }
}
