import { RuntimeError } from '@timeloom/loop';
import { getRunningLoop } from '../current.ts';
import type { AsyncioEventLoop } from '../event-loop.ts';
import { Future, type Suspend } from '../future.ts';

/** What tasks can wait at: it says what it is, and who could end the wait. */
export interface WaitPlace {
  toString(): string;
  /** The name of the task that holds what is waited for, if that is known. */
  readonly holder?: string | undefined;
}

/** The future that one task waits on at a {@link WaitPlace}. */
export class PlaceInQueue extends Future<void> {
  /** Neighbours in the queue. Set by WaitQueue only. */
  previous: PlaceInQueue | null = null;
  next: PlaceInQueue | null = null;
  queue: WaitQueue | null = null;
  readonly #place: WaitPlace;

  constructor(loop: AsyncioEventLoop, place: WaitPlace) {
    super(loop);
    this.#place = place;
  }

  override describeWait(): string {
    return String(this.#place);
  }

  override get heldBy(): string | undefined {
    return this.#place.holder;
  }
}

/**
 * Those who wait at a lock, a queue …, first come first. A doubly linked list through the futures
 * themselves, so that each of many waiters joins and leaves in constant time.
 *
 * It belongs to the loop on which somebody waits first.
 */
export class WaitQueue {
  readonly #place: WaitPlace;
  #loop: AsyncioEventLoop | null = null;
  #first: PlaceInQueue | null = null;
  #last: PlaceInQueue | null = null;
  #size = 0;

  constructor(place: WaitPlace) {
    this.#place = place;
  }

  get size(): number {
    return this.#size;
  }

  get first(): PlaceInQueue | null {
    return this.#first;
  }

  /** True if somebody is in the queue who was not cancelled. */
  get isAwaited(): boolean {
    for (let place = this.#first; place !== null; place = place.next) if (!place.cancelled()) return true;
    return false;
  }

  /**
   * A new future at the end of the queue.
   *
   * @throws RuntimeError if there is no running loop, or it is another than before.
   */
  join(): PlaceInQueue {
    const place = this.newPlace();
    this.add(place);
    return place;
  }

  /** Puts a future of {@link newPlace} at the end of the queue. */
  add(place: PlaceInQueue): void {
    place.queue = this;
    place.previous = this.#last;
    if (this.#last === null) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    this.#size++;
  }

  /** As {@link join}, but not in the queue yet. */
  newPlace(): PlaceInQueue {
    const loop = getRunningLoop();
    this.#loop ??= loop;
    if (this.#loop !== loop) throw new RuntimeError(`${this.#place} is bound to a different event loop`);
    return new PlaceInQueue(loop, this.#place);
  }

  /** Takes a future out; without effect if it has left. */
  leave(place: PlaceInQueue): void {
    if (place.queue !== this) return;
    const { previous, next } = place;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    place.queue = place.previous = place.next = null;
    this.#size--;
  }

  /** Joins, waits to be woken, and leaves, also when the wait is cancelled. */
  *wait(): Generator<Suspend, void, unknown> {
    const place = this.join();
    try {
      yield* place;
    } finally {
      this.leave(place);
    }
  }

  /** Wakes up to `count` of those who are not woken yet; they stay in the queue. Returns how many. */
  wake(count: number): number {
    let woken = 0;
    for (let place = this.#first; place !== null && woken < count; place = place.next) {
      if (place.done()) continue;
      place.setResult(undefined);
      woken++;
    }
    return woken;
  }

  /** Takes out the first that is not woken yet, and those before it, and wakes it; false if there is none. */
  wakeAndRemove(): boolean {
    for (let place = this.#first; place !== null; place = this.#first) {
      this.leave(place);
      if (place.done()) continue;
      place.setResult(undefined);
      return true;
    }
    return false;
  }

  /** For the readable form of what is waited at: `, waiters:2` or nothing. */
  toString(): string {
    return this.#size === 0 ? '' : `, waiters:${this.#size}`;
  }
}
