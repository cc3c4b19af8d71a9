import { checkMs, show, type TimerHandle } from '@timeloom/loop';
import { commonLoop, ensureFutureOn, type Awaitable, type ResultOf } from './awaitable.ts';
import { coroutine, Coroutine } from './coroutine.ts';
import { TimeoutError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Future, type Suspend } from './future.ts';

export interface AsCompletedOptions {
  /** After this many milliseconds every result still missing is a TimeoutError; default null. */
  readonly timeoutMs?: number | null | undefined;
}

/**
 * One coroutine for each awaitable; awaited one after the other they give the results in the order
 * of completion: `for (const next of asCompleted(tasks)) console.log(await next)`.
 *
 * Mirrors `asyncio.as_completed`. What is done already comes in the order of the arguments.
 *
 * @throws TypeError if `awaitables` is not an iterable of awaitables; RangeError for a bad timeout.
 */
export function asCompleted<A extends Awaitable<unknown>>(
  awaitables: Iterable<A>,
  options: AsCompletedOptions = {},
): Iterable<Coroutine<ResultOf<A>>> {
  if (awaitables instanceof Future || awaitables instanceof Coroutine || !isIterable(awaitables)) {
    throw new TypeError(`expects an iterable of awaitables, not ${show(awaitables)}`);
  }
  const { timeoutMs = null } = options;
  if (timeoutMs !== null) checkMs('timeoutMs', timeoutMs);
  const unique = [...new Set(awaitables)];
  const loop = commonLoop(unique);
  return new Completions(loop, unique, timeoutMs) as Iterable<Coroutine<ResultOf<A>>>;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Null stands for a timeout. */
type Completion = Future | null;

/** The queue between completions and those who await them. */
class Completions implements Iterable<Coroutine> {
  readonly #loop: AsyncioEventLoop;
  readonly #unfinished: Set<Future>;
  readonly #completed: Completion[] = [];
  readonly #getters: Future<void>[] = [];
  readonly #count: number;
  readonly #timer: TimerHandle | null;

  constructor(loop: AsyncioEventLoop, awaitables: readonly Awaitable<unknown>[], timeoutMs: number | null) {
    this.#loop = loop;
    this.#unfinished = new Set(awaitables.map((awaitable) => ensureFutureOn(loop, awaitable)));
    this.#count = this.#unfinished.size;
    this.#timer =
      timeoutMs === null ? null : loop.callLater(timeoutMs, this.#expire, { label: 'asCompleted() times out' });
    for (const future of this.#unfinished) future.addInlineCallback(this.#complete);
  }

  *[Symbol.iterator](): Generator<Coroutine, void, unknown> {
    for (let i = 0; i < this.#count; i++) yield this.#next();
  }

  readonly #complete = (future: Future): void => {
    if (!this.#unfinished.delete(future)) return;
    this.#put(future);
    if (this.#unfinished.size === 0) this.#timer?.cancel();
  };

  readonly #expire = (): void => {
    for (const future of this.#unfinished) {
      future.removeDoneCallback(this.#complete);
      this.#put(null);
    }
    this.#unfinished.clear();
  };

  #put(completion: Completion): void {
    this.#completed.push(completion);
    this.#wakeGetter();
  }

  #wakeGetter(): void {
    for (;;) {
      const getter = this.#getters.shift();
      if (getter === undefined) return;
      if (getter.done()) continue;
      getter.setResult(undefined);
      return;
    }
  }

  readonly #next = coroutine(
    function* asCompleted(this: Completions): Generator<Suspend, unknown, unknown> {
      while (this.#completed.length === 0) yield* this.#waitForCompletion();
      const completion = this.#completed.shift()!;
      if (completion === null) throw new TimeoutError();
      return completion.result();
    }.bind(this),
  );

  *#waitForCompletion(): Generator<Suspend, void, unknown> {
    const getter = this.#loop.createFuture<void>();
    this.#getters.push(getter);
    try {
      yield* getter;
    } catch (error) {
      // Cancelled after it was woken: the next in line takes the completion.
      if (!getter.cancelled() && this.#completed.length > 0) this.#wakeGetter();
      getter.cancel();
      throw error;
    }
  }
}
