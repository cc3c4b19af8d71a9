import { accessed } from '@timeloom/loop';
import { coroutine, type Coroutine } from '../coroutine.ts';
import { isCancelled } from '../errors.ts';
import type { Suspend } from '../future.ts';
import { Acquirable } from './acquirable.ts';
import { checkCount } from './check-count.ts';
import { WaitQueue, type WaitPlace } from './wait-queue.ts';

/**
 * Lets a number of tasks at a time pass. Those who wait pass in the order in which they asked.
 *
 * Mirrors `asyncio.Semaphore` of Python 3.13. It belongs to the loop on which a task waits first.
 */
export class Semaphore extends Acquirable implements WaitPlace {
  readonly #waiters = new WaitQueue(this);
  #value: number;

  /**
   * @param value how many may pass at a time; default 1.
   * @throws TypeError, RangeError if it is not a whole number of at least 0.
   */
  constructor(value = 1) {
    super();
    checkCount('value', value, value < 0 ? 'Semaphore initial value must be >= 0' : undefined);
    this.#value = value;
    accessed(this, 'create');
  }

  /** How many may pass at once now. */
  get value(): number {
    accessed(this, 'read');
    return this.#value;
  }

  /** True if {@link acquire} would have to wait. */
  locked(): boolean {
    accessed(this, 'read');
    return this.#value === 0 || this.#waiters.isAwaited;
  }

  /**
   * Waits for a free place, and takes it. A free place costs no step.
   *
   * @throws (when awaited) RuntimeError if the semaphore belongs to another loop.
   */
  acquire(): Coroutine<true> {
    return Semaphore.#acquire(this);
  }

  /** Frees a place, and gives it to the first that waits. */
  release(): void {
    accessed(this, 'write');
    this.#value++;
    this.#wakeNext();
  }

  override toString(): string {
    const state = this.locked() ? 'locked' : `unlocked, value:${this.#value}`;
    return `<${this.constructor.name} [${state}${this.#waiters}]>`;
  }

  static readonly #acquire = coroutine(function* acquire(semaphore: Semaphore): Generator<Suspend, true, unknown> {
    accessed(semaphore, 'write');
    if (semaphore.locked()) yield* semaphore.#waitForPlace();
    else semaphore.#value--;
    return true;
  });

  /** Who wakes a waiter has taken the place on its behalf. */
  *#waitForPlace(): Generator<Suspend, void, unknown> {
    const waiter = this.#waiters.join();
    try {
      yield* waiter;
    } catch (error) {
      if (isCancelled(error) && waiter.done() && !waiter.cancelled()) this.#value++;
      throw error;
    } finally {
      accessed(this, 'write');
      this.#waiters.leave(waiter);
      while (this.#value > 0 && this.#wakeNext());
    }
  }

  #wakeNext(): boolean {
    if (this.#waiters.wake(1) === 0) return false;
    this.#value--;
    return true;
  }
}

/** A semaphore that cannot be released more often than acquired. Mirrors `asyncio.BoundedSemaphore`. */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /** As {@link Semaphore}. */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /** As {@link Semaphore.release}. @throws RangeError if every place is free. */
  override release(): void {
    if (this.value >= this.#bound) throw new RangeError('BoundedSemaphore released too many times');
    super.release();
  }
}
