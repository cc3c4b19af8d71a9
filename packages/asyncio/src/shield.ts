import { ensureFuture, type Awaitable, type ResultOf } from './awaitable.ts';
import type { Future } from './future.ts';

/**
 * A Future that follows `awaitable` but does not pass its own cancellation on.
 *
 * Mirrors `asyncio.shield`. Something that is done is returned as it is.
 *
 * @throws as {@link ensureFuture}.
 */
export function shield<A extends Awaitable<unknown>>(awaitable: A): Future<ResultOf<A>> {
  const inner = ensureFuture(awaitable);
  if (inner.done()) return inner;
  const outer = inner.loop.createFuture<ResultOf<A>>();
  const shieldedDone = (): void => {
    if (outer.cancelled()) inner.retrieve();
    else if (inner.cancelled()) outer.cancel();
    else if (inner.retrieve()) outer.setException(inner.takeError());
    else outer.setResult(inner.result());
  };
  inner.addInlineCallback(shieldedDone);
  outer.addInlineCallback(() => void inner.removeDoneCallback(shieldedDone));
  return outer;
}
