import { checkFunction, checkMs, RuntimeError, type Handle } from '@timeloom/loop';
import type { Awaitable } from './awaitable.ts';
import { coroutine, Coroutine, isAwaitable, isGenerator } from './coroutine.ts';
import { getRunningLoop } from './current.ts';
import { isCancelled, TimeoutError } from './errors.ts';
import type { Suspend } from './future.ts';
import { Task } from './task.ts';

type TimeoutState = 'created' | 'active' | 'expiring' | 'expired' | 'finished';

/** The scope of a {@link timeout}: its deadline can be read and moved. Mirrors `asyncio.Timeout`. */
export class Timeout {
  #state: TimeoutState = 'created';
  #when: number | null;
  #handle: Handle | null = null;
  #task: Task | null = null;
  #cancelling = 0;

  constructor(when: number | null) {
    this.#when = when;
  }

  /** The deadline on the loop's clock, in milliseconds; null for none. */
  when(): number | null {
    return this.#when;
  }

  /** True if the deadline passed while the body ran. */
  expired(): boolean {
    return this.#state === 'expiring' || this.#state === 'expired';
  }

  /**
   * Moves the deadline.
   *
   * @param whenMs on the loop's clock, in milliseconds; null for none.
   * @throws RuntimeError before the body begins and after it has expired or ended.
   */
  reschedule(whenMs: number | null): void {
    if (this.#state !== 'active') {
      if (this.#state === 'created') throw new RuntimeError('Timeout has not been entered');
      throw new RuntimeError(`Cannot change state of ${this.#state} Timeout`);
    }
    if (whenMs !== null) checkMs('whenMs', whenMs);
    this.#when = whenMs;
    this.#handle?.cancel();
    this.#handle = whenMs === null ? null : this.#schedule(whenMs);
  }

  #schedule(when: number): Handle {
    const loop = getRunningLoop();
    const options = { label: 'timeout expires' };
    const expire = this.#expire.bind(this);
    if (when <= loop.time()) return loop.callSoon(expire, options);
    return loop.callAt(when, expire, options);
  }

  #expire(): void {
    this.#task!.cancel();
    this.#state = 'expiring';
    this.#handle = null;
  }

  /** For {@link timeout}: the body begins. */
  enter(): void {
    if (this.#state !== 'created') throw new RuntimeError('Timeout has already been entered');
    const task = getRunningLoop().currentAwaiter();
    if (!(task instanceof Task)) throw new RuntimeError('Timeout should be used inside a task');
    this.#state = 'active';
    this.#task = task;
    this.#cancelling = task.cancelling();
    this.reschedule(this.#when);
  }

  /** For {@link timeout}: the body ended; true if its CancelledError is this timeout's doing. */
  exit(error: unknown): boolean {
    this.#handle?.cancel();
    this.#handle = null;
    if (this.#state !== 'expiring') {
      this.#state = 'finished';
      return false;
    }
    this.#state = 'expired';
    return this.#task!.uncancel() <= this.#cancelling && isCancelled(error);
  }

  toString(): string {
    const when = this.#state === 'active' ? ` when=${this.#when}` : '';
    return `<Timeout [${this.#state}]${when}>`;
  }
}

/** What runs under a timeout. */
export type TimeoutBody<T> = (scope: Timeout) => Awaitable<T>;

/**
 * Runs `body` in the current task and cancels it after `delayMs` milliseconds.
 *
 * Mirrors `asyncio.timeout`. JavaScript's `await using` cannot turn the cancellation into a
 * TimeoutError, hence the callback.
 *
 * @param delayMs null for no deadline; 0 or less expires at the body's first wait.
 * @throws (when awaited) TimeoutError if the deadline passed; RuntimeError outside of a task.
 */
export function timeout<T>(delayMs: number | null, body: TimeoutBody<T>): Coroutine<T> {
  if (delayMs !== null) checkMs('delayMs', delayMs);
  checkFunction('timeout()', body);
  return scoped(() => (delayMs === null ? null : getRunningLoop().time() + delayMs), body) as Coroutine<T>;
}

/** As {@link timeout}, with a deadline on the loop's clock. Mirrors `asyncio.timeout_at`. */
export function timeoutAt<T>(whenMs: number | null, body: TimeoutBody<T>): Coroutine<T> {
  if (whenMs !== null) checkMs('whenMs', whenMs);
  checkFunction('timeoutAt()', body);
  return scoped(() => whenMs, body) as Coroutine<T>;
}

const scoped = coroutine(function* timeout(
  deadline: () => number | null,
  body: TimeoutBody<unknown>,
): Generator<Suspend, unknown, unknown> {
  const scope = new Timeout(deadline());
  scope.enter();
  let result: unknown;
  try {
    result = yield* awaitIt(body(scope));
  } catch (error) {
    throw scope.exit(error) ? new TimeoutError() : error;
  }
  scope.exit(null);
  return result;
});

/** `await` inside of a generator coroutine, for any awaitable. A function is called first. */
export function* awaitIt(awaitable: unknown): Generator<Suspend, unknown, unknown> {
  const target: unknown = typeof awaitable === 'function' ? (awaitable as () => unknown)() : awaitable;
  if (isGenerator(target)) return yield* target;
  if (isAwaitable(target)) return yield target;
  return target;
}
