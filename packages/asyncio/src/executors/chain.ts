/**
 * Bridges between futures of a loop and futures of the world outside. The hops are CPython's: a copy
 * into a loop is a callback of that loop, a copy out of it happens in the callback that found the
 * future done.
 */
import { show } from '@timeloom/loop';
import { ensureFutureOn, type Awaitable } from '../awaitable.ts';
import { Coroutine, toCoroutine } from '../coroutine.ts';
import { getRunningLoop } from '../current.ts';
import type { AsyncioEventLoop } from '../event-loop.ts';
import { Future } from '../future.ts';
import { ConcurrentFuture } from './concurrent-future.ts';

/**
 * A Future of a loop for one of the world outside; cancelling it cancels that one too. A Future is
 * returned as it is.
 *
 * Mirrors `asyncio.wrap_future`.
 *
 * @param options.loop default: the running loop.
 * @throws TypeError for anything else; RuntimeError if there is no running loop and none is given.
 */
export function wrapFuture<T>(
  future: ConcurrentFuture<T> | Future<T>,
  options: { readonly loop?: AsyncioEventLoop | undefined } = {},
): Future<T> {
  if (future instanceof Future) return future;
  if (!(future instanceof ConcurrentFuture)) {
    throw new TypeError(`concurrent.futures.Future is expected, got ${show(future)}`);
  }
  const loop = options.loop ?? getRunningLoop();
  const wrapper = loop.createFuture<T>();
  wrapper.addDoneCallback(function passCancellationOn() {
    if (wrapper.cancelled()) future.cancel();
  });
  future.addDoneCallback(() => {
    if (loop.isClosed()) return;
    loop.callSoonThreadsafe(() => copyIn(future, wrapper), { label: 'result arrives' });
  });
  return wrapper;
}

function copyIn<T>(source: ConcurrentFuture<T>, target: Future<T>): void {
  if (target.cancelled()) return;
  if (source.cancelled()) {
    target.cancel();
    return;
  }
  const error = source.exception();
  if (error === null) target.setResult(source.result());
  else target.setException(error);
}

/**
 * Runs a coroutine as a task of a loop, from code that is not in a step of that loop.
 *
 * Mirrors `asyncio.run_coroutine_threadsafe`.
 *
 * @throws TypeError if it is not a coroutine; LoopClosedError if the loop is closed.
 */
export function runCoroutineThreadsafe<T>(
  coroutine: Coroutine<T> | (() => Awaitable<T>),
  loop: AsyncioEventLoop,
): ConcurrentFuture<T> {
  const body = toCoroutine(coroutine) as Coroutine<T> | null;
  if (body === null) throw new TypeError('A coroutine object is required');
  const result = new ConcurrentFuture<T>();
  const start = (): void => {
    try {
      chainOut(ensureFutureOn(loop, body), result, loop);
    } catch (error) {
      if (result.setRunningOrNotifyCancel()) result.setException(error);
      throw error;
    }
  };
  loop.callSoonThreadsafe(start, { label: `${body.definition.name}() is started from outside` });
  return result;
}

function chainOut<T>(source: Future<T>, target: ConcurrentFuture<T>, loop: AsyncioEventLoop): void {
  target.addDoneCallback(() => {
    if (!target.cancelled() || loop.isClosed()) return;
    loop.callSoonThreadsafe(() => source.cancel(), { label: 'cancelled from outside' });
  });
  source.addDoneCallback(function copyOut() {
    if (source.cancelled()) target.cancel();
    if (!target.setRunningOrNotifyCancel()) return;
    const error = source.exception();
    if (error === null) target.setResult(source.result());
    else target.setException(error);
  });
}
