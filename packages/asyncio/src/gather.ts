import { show } from '@timeloom/loop';
import { commonLoop, ensureFutureOn, type Awaitable, type ResultOf } from './awaitable.ts';
import { Coroutine } from './coroutine.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Flag } from './future-state.ts';
import { Future } from './future.ts';
import { PromiseFuture } from './promise-future.ts';
import { isNativePromise } from './waiter.ts';

/** Options of {@link gather}, as the keyword arguments of `asyncio.gather`. */
export interface GatherOptions {
  /** True puts exceptions among the results; default false: the first one ends the gathering. */
  readonly returnExceptions?: boolean | undefined;
}

/** The results of a tuple of awaitables. */
export type ResultsOf<A extends readonly unknown[]> = { -readonly [K in keyof A]: ResultOf<A[K]> };

/**
 * Runs awaitables concurrently; gives their results in the order of the arguments.
 *
 * If one fails the gathering fails with it at once, and the others go on. Cancelling the gathering
 * cancels all of them; a child that is cancelled by others counts as failed with CancelledError.
 * Coroutines become tasks during the call. Mirrors `asyncio.gather`.
 *
 * @throws TypeError if `awaitables` is not an array, or one of them cannot be awaited;
 * RuntimeError if there is no running loop.
 */
export function gather<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options?: { readonly returnExceptions?: false | undefined },
): Future<ResultsOf<A>>;
export function gather<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options: GatherOptions,
): Future<{ -readonly [K in keyof A]: ResultOf<A[K]> | Error }>;
export function gather(awaitables: readonly Awaitable<unknown>[], options: GatherOptions = {}): Future {
  if (!Array.isArray(awaitables)) {
    throw new TypeError(`gather() expects an array of awaitables, got ${show(awaitables)}`);
  }
  const loop = commonLoop(awaitables);
  if (awaitables.length === 0) {
    const nothing = loop.createFuture<unknown[]>();
    nothing.setResult([]);
    return nothing;
  }
  const { returnExceptions = false } = options;
  if (awaitables.every(isNativePromise)) return new GatheredPromises(loop, awaitables, returnExceptions);
  return new GatheringFuture(loop, awaitables, returnExceptions);
}

/** Promises are gathered by the engine: a Future for each would be six objects more. */
class GatheredPromises extends PromiseFuture<unknown[]> {
  constructor(loop: AsyncioEventLoop, promises: readonly Promise<unknown>[], returnExceptions: boolean) {
    super(loop, returnExceptions ? Promise.allSettled(promises).then(valuesOrReasons) : Promise.all(promises));
  }

  /** One that is cancelled counts as failed. */
  protected override rejected(error: unknown): void {
    this.fail(error);
  }

  override get [Symbol.toStringTag](): string {
    return '_GatheringFuture';
  }
}

function valuesOrReasons(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as unknown)));
}

class GatheringFuture extends Future<unknown[]> {
  readonly #children: readonly Future[];
  readonly #returnExceptions: boolean;
  #unfinished = 0;
  #cancelRequested = false;

  constructor(loop: AsyncioEventLoop, awaitables: readonly Awaitable<unknown>[], returnExceptions: boolean) {
    super(loop);
    this.#returnExceptions = returnExceptions;
    const done: Future[] = [];
    // Bound: the engine puts an arrow function that is assigned to a property among what is old.
    const childDone = this.#gatherChildDone.bind(this);
    const children: Future[] = [];
    for (let i = 0; i < awaitables.length; i++) {
      const child = children[firstPlace(awaitables, i)] ?? ensureFutureOn(loop, awaitables[i]!);
      if (child.done()) done.push(child);
      else child.addInlineCallback(childDone);
      children.push(child);
    }
    this.#children = children;
    this.#unfinished = awaitables.length;
    // Children that are done already cost no step (CPython since 3.12).
    for (const child of done) this.#gatherChildDone(child);
  }

  #gatherChildDone(child: Future): void {
    const ends = !this.#returnExceptions && child.retrieve();
    this.loop.accessed(this.#children, ends ? 'write' : 'add');
    this.#unfinished--;
    // Asked without an access: those who add do not read.
    if ((this.flags & Flag.done) !== 0) {
      child.retrieve();
      return;
    }
    if (ends) {
      this.fail(child.takeError());
    } else if (this.#unfinished === 0) {
      const results = this.#children.map(resultOrError);
      // It is the last argument whose cancellation goes on, whoever was the last to end (CPython's rule).
      if (this.#cancelRequested) this.fail(this.#children.at(-1)!.makeCancelledError());
      else this.settle(Flag.done, results);
    }
  }

  /** Cancels the children; the gathering itself is done when they are. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    let cancelled = false;
    for (const child of this.#children) if (child.cancel(message)) cancelled = true;
    if (cancelled) this.#cancelRequested = true;
    this.loop.accessed(this.#children, 'write');
    return cancelled;
  }

  override get isForeign(): boolean {
    const pending = this.#children.filter((child) => !child.done());
    return pending.length > 0 && pending.every((child) => child.isForeign);
  }

  override get [Symbol.toStringTag](): string {
    return '_GatheringFuture';
  }
}

/** Where the same coroutine stands among the arguments for the first time: it runs once. */
function firstPlace(awaitables: readonly Awaitable<unknown>[], index: number): number {
  const awaitable = awaitables[index];
  // Without a task it was not seen yet, and the others need not be looked at.
  if (!(awaitable instanceof Coroutine) || awaitable.task === null) return index;
  return awaitables.indexOf(awaitable);
}

function resultOrError(child: Future): unknown {
  if (!child.retrieve()) return child.peek().outcome;
  // Among results a cancellation always has a message, if an empty one; and the exception that
  // ended a task stays there for whoever awaits the task itself (CPython's rules).
  return child.cancelled() ? new CancelledError(child.cancelMessage ?? '') : child.takeError();
}
