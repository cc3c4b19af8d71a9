import { accessed, RuntimeError } from '@timeloom/loop';
import { coroutine, type Coroutine } from '../coroutine.ts';
import { currentLoop } from '../current.ts';
import { isCancelled } from '../errors.ts';
import type { Suspend } from '../future.ts';
import { Acquirable } from './acquirable.ts';
import { WaitQueue, type WaitPlace } from './wait-queue.ts';

/**
 * Lets one task at a time pass. Those who wait get it in the order in which they asked: a lock that
 * was just released is not taken past them.
 *
 * Mirrors `asyncio.Lock`; `async with lock` is {@link with} or {@link hold}. It is not owned: any
 * task may release it. It belongs to the loop on which a task waits for it first.
 */
export class Lock extends Acquirable implements WaitPlace {
  readonly #waiters = new WaitQueue(this);
  #locked = false;
  #holder: string | undefined;

  constructor() {
    super();
    accessed(this, 'create');
  }

  locked(): boolean {
    accessed(this, 'read');
    return this.#locked;
  }

  /** The task that acquired the lock, for diagnoses; undefined if it is free. */
  get holder(): string | undefined {
    return this.#holder;
  }

  /**
   * Waits until the lock is free, and takes it. A free lock costs no step.
   *
   * @throws (when awaited) RuntimeError if the lock belongs to another loop.
   */
  acquire(): Coroutine<true> {
    return Lock.#acquire(this);
  }

  /**
   * Frees the lock; the first that waits goes on in the next turn.
   *
   * @throws RuntimeError if the lock is free.
   */
  release(): void {
    accessed(this, 'write');
    if (!this.#locked) throw new RuntimeError('Lock is not acquired.');
    this.#locked = false;
    this.#holder = undefined;
    this.#wakeFirst();
  }

  override toString(): string {
    return `<Lock [${this.#locked ? 'locked' : 'unlocked'}${this.#waiters}]>`;
  }

  static readonly #acquire = coroutine(function* acquire(lock: Lock): Generator<Suspend, true, unknown> {
    accessed(lock, 'write');
    // While somebody waits a newcomer must queue, though the lock may be free.
    if (lock.#locked || lock.#waiters.isAwaited) yield* lock.#waitForTurn();
    lock.#locked = true;
    lock.#holder = currentLoop()?.currentAwaiter()?.label;
    return true;
  });

  *#waitForTurn(): Generator<Suspend, void, unknown> {
    try {
      yield* this.#waiters.wait();
      accessed(this, 'write');
    } catch (error) {
      accessed(this, 'write');
      // If this one had been woken, the next in line takes its turn.
      if (isCancelled(error) && !this.#locked) this.#wakeFirst();
      throw error;
    }
  }

  /** Only the very first: if it was woken before, it has the turn. */
  #wakeFirst(): void {
    const { first } = this.#waiters;
    if (first !== null && !first.done()) first.setResult(undefined);
  }
}
