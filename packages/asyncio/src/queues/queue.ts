import { accessed, show, TimeloomError } from '@timeloom/loop';
import { coroutine, type Coroutine } from '../coroutine.ts';
import type { Suspend } from '../future.ts';
import { reprValue, showAsText } from '../repr.ts';
import { Event } from '../sync/event.ts';
import { WaitQueue, type WaitPlace } from '../sync/wait-queue.ts';
import { FifoStore, type ItemStore } from './item-store.ts';

/** `getNowait` found the queue empty. Mirrors `asyncio.QueueEmpty`. */
export class QueueEmpty extends TimeloomError {
  constructor(message = '') {
    super('TIMELOOM_QUEUE_EMPTY', message);
  }
}

/** `putNowait` found the queue full. Mirrors `asyncio.QueueFull`. */
export class QueueFull extends TimeloomError {
  constructor(message = '') {
    super('TIMELOOM_QUEUE_FULL', message);
  }
}

/** The queue was shut down. Mirrors `asyncio.QueueShutDown`. */
export class QueueShutDown extends TimeloomError {
  constructor(message = '') {
    super('TIMELOOM_QUEUE_SHUT_DOWN', message);
  }
}

/**
 * Passes items from tasks that put to tasks that get: first in, first out, and not more than
 * `maxSize` at a time.
 *
 * Mirrors `asyncio.Queue` of Python 3.13. It belongs to the loop on which a task waits first. An
 * item that is itself awaitable (a Task, a promise) arrives with `yield* queue.get()` only; `await`
 * would await the item too.
 */
export class Queue<T = unknown> implements WaitPlace {
  /** How many items have room; 0 for no limit. */
  readonly maxSize: number;
  readonly #store: ItemStore<T>;
  readonly #getters = new WaitQueue(this);
  readonly #putters = new WaitQueue(this);
  readonly #finished = new Event();
  #unfinished = 0;
  #isShutDown = false;

  /**
   * @param maxSize default 0: no limit. Negative numbers mean the same.
   * @param store the order of the items; default: first in, first out.
   * @throws TypeError, RangeError if `maxSize` is not a number.
   */
  constructor(maxSize = 0, store: ItemStore<T> = new FifoStore<T>()) {
    if (typeof maxSize !== 'number') throw new TypeError(`maxSize must be a number, got ${show(maxSize)}`);
    if (Number.isNaN(maxSize)) throw new RangeError('maxSize must be a number, got NaN');
    this.maxSize = maxSize;
    this.#store = store;
    this.#finished.set();
    accessed(this, 'create');
  }

  /** How many items there are. Mirrors `qsize()`. */
  get size(): number {
    accessed(this, 'read');
    return this.#store.size;
  }

  empty(): boolean {
    return this.size === 0;
  }

  /** True if there is no room; never without a limit. */
  full(): boolean {
    return this.maxSize > 0 && this.size >= this.maxSize;
  }

  /**
   * Adds an item; waits for room first. With room that costs no step.
   *
   * @throws (when awaited) QueueShutDown; RuntimeError if the queue belongs to another loop.
   */
  put(item: T): Coroutine<void> {
    return Queue.#put(this, item);
  }

  /** Adds an item. @throws QueueFull, QueueShutDown. */
  putNowait(item: T): void {
    accessed(this, 'write');
    if (this.#isShutDown) throw new QueueShutDown();
    if (this.full()) throw new QueueFull();
    this.#store.add(item);
    this.#unfinished++;
    this.#finished.clear();
    this.#getters.wakeAndRemove();
  }

  /**
   * Takes an item; waits for one first. If there is one, that costs no step.
   *
   * @throws (when awaited) QueueShutDown if there is none and the queue was shut down; RuntimeError
   * if the queue belongs to another loop.
   */
  get(): Coroutine<T> {
    return Queue.#get(this) as Coroutine<T>;
  }

  /** Takes an item. @throws QueueEmpty if there is none, QueueShutDown if there never will be. */
  getNowait(): T {
    accessed(this, 'write');
    if (this.empty()) throw this.#isShutDown ? new QueueShutDown() : new QueueEmpty();
    const item = this.#store.take();
    this.#putters.wakeAndRemove();
    return item;
  }

  /** Says that an item that was taken is dealt with; see {@link join}. @throws RangeError if none is left. */
  taskDone(): void {
    accessed(this, 'write');
    if (this.#unfinished <= 0) throw new RangeError('task_done() called too many times');
    if (--this.#unfinished === 0) this.#finished.set();
  }

  /** Waits until {@link taskDone} was called for every item that was ever put. */
  join(): Coroutine<void> {
    return Queue.#join(this);
  }

  /**
   * Lets nobody put any more; those who get may empty the queue, then they get QueueShutDown too.
   *
   * @param options.immediate true drops the items as well; default false.
   */
  shutdown({ immediate = false }: { readonly immediate?: boolean | undefined } = {}): void {
    accessed(this, 'write');
    this.#isShutDown = true;
    if (immediate) this.#dropItems();
    while (this.#getters.wakeAndRemove());
    while (this.#putters.wakeAndRemove());
  }

  #dropItems(): void {
    while (!this.empty()) {
      this.#store.take();
      if (this.#unfinished > 0) this.#unfinished--;
    }
    if (this.#unfinished === 0) this.#finished.set();
  }

  toString(): string {
    const parts = [this.constructor.name, `maxsize=${this.maxSize}`];
    if (!this.empty()) parts.push(`_queue=${reprValue(this.#store.items())}`);
    if (this.#getters.size > 0) parts.push(`_getters[${this.#getters.size}]`);
    if (this.#putters.size > 0) parts.push(`_putters[${this.#putters.size}]`);
    if (this.#unfinished > 0) parts.push(`tasks=${this.#unfinished}`);
    if (this.#isShutDown) parts.push('shutdown');
    return `<${parts.join(' ')}>`;
  }

  /** One that was woken and then cancelled passes the wake-up on, if there is still a reason for it. */
  *#waitForTurn(waiting: WaitQueue, isReady: () => boolean): Generator<Suspend, void, unknown> {
    // The order of those who wait is part of the state.
    accessed(this, 'write');
    const place = waiting.join();
    try {
      yield* place;
    } catch (error) {
      accessed(this, 'write');
      place.cancel();
      waiting.leave(place);
      if (isReady() && !place.cancelled()) waiting.wakeAndRemove();
      throw error;
    }
  }

  static readonly #put = coroutine(function* put(queue: Queue, item: unknown): Generator<Suspend, void, unknown> {
    while (queue.full()) {
      if (queue.#isShutDown) throw new QueueShutDown();
      yield* queue.#waitForTurn(queue.#putters, () => !queue.full());
    }
    queue.putNowait(item);
  });

  static readonly #get = coroutine(function* get(queue: Queue): Generator<Suspend, unknown, unknown> {
    // Checked again after every wake-up: another task may have been faster.
    while (queue.empty()) {
      if (queue.#isShutDown) throw new QueueShutDown();
      yield* queue.#waitForTurn(queue.#getters, () => !queue.empty());
    }
    return queue.getNowait();
  });

  static readonly #join = coroutine(function* join(queue: Queue): Generator<Suspend, void, unknown> {
    accessed(queue, 'read');
    if (queue.#unfinished > 0) yield* queue.#finished.wait();
  });
}

showAsText(Queue.prototype);
