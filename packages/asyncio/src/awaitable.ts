import { runningLoop, show } from '@timeloom/loop';
import { BareOperation } from './bare-operation.ts';
import { awaiting, isAwaitable, toCoroutine, type Coroutine } from './coroutine.ts';
import { getRunningLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Future, type Suspend } from './future.ts';
import { PromiseFuture } from './promise-future.ts';
import { isNativePromise } from './waiter.ts';

/** Whatever can be awaited: a Coroutine, Task, Future or promise, a generator, or a function that returns one. */
export type Awaitable<T> =
  | PromiseLike<T>
  | Generator<Suspend, T, unknown>
  | Generator<Suspend, T, never>
  | (() => PromiseLike<T> | Generator<Suspend, T, unknown> | Generator<Suspend, T, never>);

/** The type of an awaitable's result. */
export type ResultOf<A> = A extends (...args: never[]) => infer R
  ? ResultOf<R>
  : A extends PromiseLike<infer T>
    ? T
    : A extends Generator<unknown, infer T, never>
      ? T
      : never;

/**
 * A Future for any awaitable: a Future or Task itself, a Future that follows a native promise, a new Task
 * for the rest.
 *
 * Mirrors `asyncio.ensure_future`; a native promise is to JavaScript what a Future is to asyncio.
 *
 * @param options.loop default: the running loop.
 * @throws TypeError if it cannot be awaited; RangeError if it is a Future of another loop;
 * RuntimeError if there is no running loop and none is given.
 */
export function ensureFuture<A extends Awaitable<unknown>>(
  awaitable: A,
  options: { readonly loop?: AsyncioEventLoop | undefined } = {},
): Future<ResultOf<A>> {
  const { loop } = options;
  if (awaitable instanceof Future && loop === undefined) return awaitable as Future<ResultOf<A>>;
  return ensureFutureOn(loop ?? getRunningLoop(), awaitable as Awaitable<ResultOf<A>>);
}

/** As {@link ensureFuture}, on a given loop. */
export function ensureFutureOn<T>(loop: AsyncioEventLoop, awaitable: Awaitable<T>): Future<T> {
  if (awaitable instanceof Future) {
    if (awaitable.loop === loop) return awaitable as Future<T>;
    throw new RangeError('The future belongs to a different loop than the one specified as the loop argument');
  }
  if (isNativePromise<T>(awaitable)) return new PromiseFuture<T>(loop, awaitable);
  const coroutine = toCoroutine(awaitable) ?? wrapAwaitable(awaitable);
  if (coroutine === null) {
    throw new TypeError(`An asyncio.Future, a coroutine or an awaitable is required, got ${show(awaitable)}`);
  }
  return loop.createTask(coroutine as Coroutine<T>);
}

function wrapAwaitable(awaitable: unknown): Coroutine | null {
  if (!isAwaitable(awaitable)) return null;
  // It may be rejected before the task's first step handles it, which is no reason for an alarm.
  if (awaitable instanceof BareOperation) awaitable.willBeAwaited();
  else if (awaitable instanceof Promise) awaitable.catch(() => {});
  return awaiting('awaitable', awaitable);
}

/** The loop of the first Future among them, else the running one. */
export function commonLoop(awaitables: readonly unknown[]): AsyncioEventLoop {
  if (runningLoop() === null) {
    const first = awaitables.find((one) => one instanceof Future);
    if (first !== undefined) return first.loop;
  }
  return getRunningLoop();
}
