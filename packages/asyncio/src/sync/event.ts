import { accessed } from '@timeloom/loop';
import { coroutine, type Coroutine } from '../coroutine.ts';
import type { Suspend } from '../future.ts';
import { showAsText } from '../repr.ts';
import { WaitQueue, type WaitPlace } from './wait-queue.ts';

/**
 * A flag that tasks can wait for. Mirrors `asyncio.Event`. It belongs to the loop on which a task
 * waits for it first. (Where the host's `Event` is needed too, import this one as `asyncio.Event`.)
 */
export class Event implements WaitPlace {
  readonly #waiters = new WaitQueue(this);
  #set = false;

  constructor() {
    accessed(this, 'create');
  }

  isSet(): boolean {
    accessed(this, 'read');
    return this.#set;
  }

  /** Raises the flag: all who wait go on, in the order in which they came, even if it is cleared right away. */
  set(): void {
    accessed(this, 'write');
    if (this.#set) return;
    this.#set = true;
    this.#waiters.wake(Infinity);
  }

  /** Lowers the flag. */
  clear(): void {
    accessed(this, 'write');
    this.#set = false;
  }

  /**
   * Waits for the flag; if it is up that costs no step.
   *
   * @throws (when awaited) RuntimeError if the event belongs to another loop.
   */
  wait(): Coroutine<true> {
    return Event.#wait(this);
  }

  toString(): string {
    return `<Event [${this.#set ? 'set' : 'unset'}${this.#waiters}]>`;
  }

  static readonly #wait = coroutine(function* wait(event: Event): Generator<Suspend, true, unknown> {
    accessed(event, 'read');
    if (!event.#set) yield* event.#waiters.wait();
    return true;
  });
}

showAsText(Event.prototype);
