import { checkMs, show, type TimerHandle } from '@timeloom/loop';
import { commonLoop, ensureFutureOn, type Awaitable, type ResultOf } from './awaitable.ts';
import { coroutine, Coroutine } from './coroutine.ts';
import { TimeoutError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Future, type Suspend } from './future.ts';
import { Queue } from './queues/queue.ts';

/** Options of {@link asCompleted}, as the keyword arguments of `asyncio.as_completed`. */
export interface AsCompletedOptions {
  /** After this many milliseconds every result still missing is a TimeoutError; default null. */
  readonly timeoutMs?: number | null | undefined;
}

/** The future that {@link asCompleted} gives for an awaitable: itself, if it is one. */
export type CompletedOf<A> = A extends Future ? A : Future<ResultOf<A>>;

/** What {@link asCompleted} gives: to be iterated once, with `for` or with `for await`. */
export interface Completions<A> extends Iterable<Coroutine<ResultOf<A>>> {
  [Symbol.asyncIterator](): CompletionIterator<CompletedOf<A>>;
}

/** The async iterator of {@link Completions}; its promises are coroutines. */
export interface CompletionIterator<F> {
  next(): Coroutine<IteratorResult<F, undefined>>;
}

/**
 * The results of awaitables in the order in which they complete, in two ways:
 *
 * - `for await (const future of asCompleted(tasks))` gives the futures, each as soon as it is done;
 *   a task or future is given itself, so it can be told which one it is. `await future` has its result.
 * - `for (const next of asCompleted(tasks)) await next` has the results themselves.
 *
 * Mirrors `asyncio.as_completed` of Python 3.13. What is done already comes in the order of the
 * arguments. When the time is over, every step still to come throws TimeoutError.
 *
 * @throws TypeError if `awaitables` is not an iterable of awaitables; RangeError for a bad timeout.
 */
export function asCompleted<A extends Awaitable<unknown>>(
  awaitables: Iterable<A>,
  options: AsCompletedOptions = {},
): Completions<A> {
  if (awaitables instanceof Future || awaitables instanceof Coroutine || !isIterable(awaitables)) {
    throw new TypeError(`expects an iterable of awaitables, not ${show(awaitables)}`);
  }
  const { timeoutMs = null } = options;
  if (timeoutMs !== null) checkMs('timeoutMs', timeoutMs);
  const unique = [...new Set(awaitables)];
  const loop = commonLoop(unique);
  return new CompletionQueue(loop, unique, timeoutMs) as unknown as Completions<A>;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Between completions and those who await them. */
class CompletionQueue implements Iterable<Coroutine> {
  readonly #unfinished: Set<Future>;
  readonly #whenDone: (future: Future) => void = this.#complete.bind(this);
  /** Null stands for a timeout. */
  readonly #completed = new Queue<Future | null>();
  readonly #timer: TimerHandle | null = null;
  #left: number;

  constructor(loop: AsyncioEventLoop, awaitables: readonly Awaitable<unknown>[], timeoutMs: number | null) {
    this.#unfinished = new Set(awaitables.map((awaitable) => ensureFutureOn(loop, awaitable)));
    this.#left = this.#unfinished.size;
    for (const future of this.#unfinished) future.addInlineCallback(this.#whenDone);
    if (timeoutMs !== null && this.#left > 0) {
      this.#timer = loop.callLater(timeoutMs, this.#expire.bind(this), { label: 'asCompleted() times out' });
    }
  }

  #complete(future: Future): void {
    if (!this.#unfinished.delete(future)) return;
    this.#completed.putNowait(future);
    if (this.#unfinished.size === 0) this.#timer?.cancel();
  }

  #expire(): void {
    for (const future of this.#unfinished) {
      future.removeDoneCallback(this.#whenDone);
      this.#completed.putNowait(null);
    }
    this.#unfinished.clear();
  }

  *[Symbol.iterator](): Generator<Coroutine, void, unknown> {
    while (this.#left-- > 0) yield CompletionQueue.#nextResult(this);
  }

  [Symbol.asyncIterator](): CompletionIterator<Future> {
    return { next: () => CompletionQueue.#nextFuture(this) };
  }

  *#take(): Generator<Suspend, Future, unknown> {
    const completed = yield* this.#completed.get();
    if (completed === null) throw new TimeoutError();
    return completed;
  }

  static readonly #nextResult = coroutine(function* asCompleted(
    queue: CompletionQueue,
  ): Generator<Suspend, unknown, unknown> {
    return (yield* queue.#take()).result();
  });

  static readonly #nextFuture = coroutine(function* asCompleted(
    queue: CompletionQueue,
  ): Generator<Suspend, IteratorResult<Future, undefined>, unknown> {
    if (queue.#left-- <= 0) return { done: true, value: undefined };
    return { done: false, value: yield* queue.#take() };
  });
}
