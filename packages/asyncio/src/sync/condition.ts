import { accessed, checkFunction, RuntimeError, show } from '@timeloom/loop';
import { coroutine, type Coroutine } from '../coroutine.ts';
import { isCancelled } from '../errors.ts';
import type { Suspend } from '../future.ts';
import { Acquirable } from './acquirable.ts';
import { checkCount } from './check-count.ts';
import { Lock } from './lock.ts';
import { WaitQueue, type PlaceInQueue, type WaitPlace } from './wait-queue.ts';

/**
 * Lets tasks that hold a lock wait until another task that holds it says that something changed.
 *
 * Mirrors `asyncio.Condition` of Python 3.13.
 */
export class Condition extends Acquirable implements WaitPlace {
  readonly #lock: Lock;
  readonly #waiters = new WaitQueue(this);

  /**
   * @param lock a lock to share with other conditions; default: a new one.
   * @throws TypeError if it is not a Lock.
   */
  constructor(lock: Lock = new Lock()) {
    super();
    if (!(lock instanceof Lock)) throw new TypeError(`lock must be a Lock, got ${show(lock)}`);
    this.#lock = lock;
    accessed(this, 'create');
  }

  /** As {@link Lock.locked}. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** As {@link Lock.acquire}. */
  acquire(): Coroutine<true> {
    return this.#lock.acquire();
  }

  /** As {@link Lock.release}. */
  release(): void {
    this.#lock.release();
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again, also if the wait is
   * cancelled. May return without a reason: check what you waited for, or use {@link waitFor}.
   *
   * @throws (when awaited) RuntimeError if the lock is free, or belongs to another loop.
   */
  wait(): Coroutine<true> {
    return Condition.#wait(this);
  }

  /**
   * Waits until `predicate` gives something truthy, and gives that.
   *
   * @throws TypeError if it is not a function; (when awaited) as {@link wait}, and what it throws.
   */
  waitFor<T>(predicate: () => T): Coroutine<T> {
    checkFunction('waitFor()', predicate);
    return Condition.#waitFor(this, predicate) as Coroutine<T>;
  }

  /**
   * Wakes up to `count` of those who wait. They go on when they get the lock, so release it.
   *
   * @throws RuntimeError if the lock is free; TypeError, RangeError if `count` is not a whole number of at least 0.
   */
  notify(count = 1): void {
    checkCount('count', count);
    accessed(this, 'write');
    if (!this.locked()) throw new RuntimeError('cannot notify on un-acquired lock');
    this.#waiters.wake(count);
  }

  /** Wakes all who wait. @throws RuntimeError if the lock is free. */
  notifyAll(): void {
    this.notify(this.#waiters.size);
  }

  override toString(): string {
    return `<Condition [${this.locked() ? 'locked' : 'unlocked'}${this.#waiters}]>`;
  }

  static readonly #wait = coroutine(function* wait(condition: Condition): Generator<Suspend, true, unknown> {
    accessed(condition, 'write');
    if (!condition.locked()) throw new RuntimeError('cannot wait on un-acquired lock');
    const waiter = condition.#waiters.newPlace();
    condition.release();
    try {
      yield* condition.#waitAndReacquire(waiter);
      return true;
    } catch (error) {
      // A notification that this one may have got must not be lost (CPython since 3.13).
      condition.#waiters.wake(1);
      throw error;
    }
  });

  *#waitAndReacquire(waiter: PlaceInQueue): Generator<Suspend, void, unknown> {
    this.#waiters.add(waiter);
    try {
      yield* waiter;
    } finally {
      this.#waiters.leave(waiter);
      yield* this.#reacquire();
    }
  }

  /** However often it is cancelled; the last cancellation counts. */
  *#reacquire(): Generator<Suspend, void, unknown> {
    let cancellation: unknown = null;
    for (;;) {
      try {
        yield* this.acquire();
        break;
      } catch (error) {
        if (!isCancelled(error)) throw error;
        cancellation = error;
      }
    }
    if (cancellation !== null) throw cancellation;
  }

  static readonly #waitFor = coroutine(function* waitFor(
    condition: Condition,
    predicate: () => unknown,
  ): Generator<Suspend, unknown, unknown> {
    let result = predicate();
    while (!result) {
      yield* condition.wait();
      result = predicate();
    }
    return result;
  });
}
