import type { TimerHandle } from './handle.ts';

const arity = 4;

/**
 * Timers in the order (deadline, sequence): equal deadlines come out in the order they were made.
 *
 * A heap of four children a node, with the deadlines in an array of their own: comparing them
 * touches no timer. Cancelling is O(1): the timer stays in place and is dropped when it reaches the
 * top; when more than half of over 100 timers are cancelled they are all removed at once, as
 * CPython's loop does, so a program that sets and clears timers does not grow.
 */
export class TimerQueue {
  #deadlines: number[] = [];
  #timers: TimerHandle[] = [];
  #cancelled = 0;
  /** Timers that will still fire, if something else keeps the run alive. */
  #background = 0;

  /** Timers that will still fire. */
  get size(): number {
    return this.#timers.length - this.#cancelled;
  }

  push(timer: TimerHandle): void {
    timer.queue = this;
    if (timer.background) this.#background++;
    this.#deadlines.push(timer.when);
    this.#timers.push(timer);
    this.#siftUp(this.#timers.length - 1, timer);
  }

  /** The timer that is the next to fire. */
  first(): TimerHandle | undefined {
    if (this.#cancelled > 0) this.#dropCancelled();
    return this.#timers[0];
  }

  /**
   * The earliest deadline of a timer that is not cancelled; Infinity if there is none, or if there are
   * none but background timers and nothing else keeps the run alive.
   */
  nextDeadline(alive = true): number {
    // Reading the top timer itself would cost a cache miss for each jump of the clock.
    if (this.#cancelled > 0) this.#dropCancelled();
    if (!alive && this.#background > 0 && this.#background === this.size) return Infinity;
    return this.#timers.length === 0 ? Infinity : this.#deadlines[0]!;
  }

  /**
   * Takes the earliest timer out if it is due at `now`, or less than `resolution` later. (The first
   * test is not redundant: far from 0 the resolution vanishes in the sum.)
   */
  popDue(now: number, resolution: number): TimerHandle | undefined {
    if (this.#timers.length === 0) return undefined;
    const deadline = this.#deadlines[0]!;
    if (!(deadline <= now || deadline < now + resolution)) return undefined;
    const top = this.#removeTop();
    if (top.cancelled()) this.#cancelled--;
    else if (this.#background > 0 && top.background) this.#background--;
    return top;
  }

  /** Called by a timer of this queue when it is cancelled. */
  timerCancelled(timer: TimerHandle): void {
    this.#cancelled++;
    if (timer.background) this.#background--;
  }

  /** Called by a timer of this queue when it has become a background timer, or is one no longer. */
  backgroundChanged(timer: TimerHandle): void {
    this.#background += timer.background ? 1 : -1;
  }

  /** The different deadlines of live timers up to `limit`, earliest first. */
  deadlinesUpTo(limit: number): number[] {
    const deadlines = new Set<number>();
    for (const timer of this.#timers) if (timer.when <= limit && !timer.cancelled()) deadlines.add(timer.when);
    return [...deadlines].toSorted((a, b) => a - b);
  }

  /** Live timers, earliest first. */
  pending(): TimerHandle[] {
    return this.#timers
      .filter((timer) => !timer.cancelled())
      .toSorted((a, b) => a.when - b.when || a.sequence - b.sequence);
  }

  clear(): void {
    for (const timer of this.#timers) timer.queue = null;
    this.#timers = [];
    this.#deadlines = [];
    this.#cancelled = 0;
    this.#background = 0;
  }

  #dropCancelled(): void {
    if (this.#cancelled > 100 && this.#cancelled * 2 > this.#timers.length) this.#compact();
    while (this.#timers[0]?.cancelled() === true) {
      this.#removeTop();
      this.#cancelled--;
    }
  }

  #compact(): void {
    const live = this.pending();
    const background = this.#background;
    this.clear();
    this.#background = background;
    // Sorted is a heap already.
    this.#timers = live;
    this.#deadlines = live.map((timer) => timer.when);
    for (const timer of live) timer.queue = this;
  }

  #removeTop(): TimerHandle {
    const top = this.#timers[0]!;
    top.queue = null;
    const last = this.#timers.pop()!;
    const when = this.#deadlines.pop()!;
    if (this.#timers.length > 0) this.#siftDown(last, when);
    return top;
  }

  #siftUp(start: number, timer: TimerHandle): void {
    const timers = this.#timers;
    const deadlines = this.#deadlines;
    const { when } = timer;
    let index = start;
    while (index > 0) {
      const parent = ((index - 1) / arity) | 0;
      // A new timer has the highest sequence, so an equal deadline stays above it.
      if (deadlines[parent]! <= when) break;
      timers[index] = timers[parent]!;
      deadlines[index] = deadlines[parent]!;
      index = parent;
    }
    timers[index] = timer;
    deadlines[index] = when;
  }

  #siftDown(timer: TimerHandle, when: number): void {
    const timers = this.#timers;
    const deadlines = this.#deadlines;
    let index = 0;
    for (;;) {
      const child = this.#leastChild(index);
      if (child < 0) break;
      const deadline = deadlines[child]!;
      if (deadline > when || (deadline === when && timers[child]!.sequence > timer.sequence)) break;
      timers[index] = timers[child]!;
      deadlines[index] = deadline;
      index = child;
    }
    timers[index] = timer;
    deadlines[index] = when;
  }

  /** The index of a node's first child to fire; -1 for a leaf. */
  #leastChild(index: number): number {
    const deadlines = this.#deadlines;
    const first = arity * index + 1;
    const end = Math.min(first + arity, deadlines.length);
    if (first >= end) return -1;
    let least = first;
    for (let child = first + 1; child < end; child++) {
      const difference = deadlines[child]! - deadlines[least]!;
      if (difference < 0 || (difference === 0 && this.#timers[child]!.sequence < this.#timers[least]!.sequence)) {
        least = child;
      }
    }
    return least;
  }
}
