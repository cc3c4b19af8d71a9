import type { TimerHandle } from './handle.ts';

/**
 * Timers in the order (deadline, sequence): equal deadlines come out in the order they were made.
 *
 * A binary heap. Cancelling is O(1): the timer stays in place and is dropped when it reaches the
 * top; when more than half of over 100 timers are cancelled they are all removed at once, as
 * CPython's loop does, so a program that sets and clears timers does not grow.
 */
export class TimerQueue {
  #heap: TimerHandle[] = [];
  #cancelled = 0;

  /** Timers that will still fire. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  push(timer: TimerHandle): void {
    timer.queue = this;
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1, timer);
  }

  /** The earliest deadline of a timer that is not cancelled; Infinity if there is none. */
  nextDeadline(): number {
    this.#dropCancelled();
    return this.#heap[0]?.when ?? Infinity;
  }

  /**
   * Takes the earliest timer out if it is due at `now`, or less than `resolution` later. (The first
   * test is not redundant: far from 0 the resolution vanishes in the sum.)
   */
  popDue(now: number, resolution: number): TimerHandle | undefined {
    const top = this.#heap[0];
    if (top === undefined || !(top.when <= now || top.when < now + resolution)) return undefined;
    this.#removeTop();
    if (top.cancelled()) this.#cancelled--;
    return top;
  }

  /** Called by a timer of this queue when it is cancelled. */
  timerCancelled(): void {
    this.#cancelled++;
  }

  /** Live timers, earliest first. */
  pending(): TimerHandle[] {
    return this.#heap.filter((timer) => !timer.cancelled()).toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  clear(): void {
    for (const timer of this.#heap) timer.queue = null;
    this.#heap = [];
    this.#cancelled = 0;
  }

  #dropCancelled(): void {
    if (this.#cancelled > 100 && this.#cancelled * 2 > this.#heap.length) this.#compact();
    while (this.#heap[0]?.cancelled() === true) {
      this.#removeTop();
      this.#cancelled--;
    }
  }

  #compact(): void {
    const live: TimerHandle[] = [];
    for (const timer of this.#heap) {
      if (timer.cancelled()) timer.queue = null;
      else live.push(timer);
    }
    this.#heap = live;
    this.#cancelled = 0;
    for (let i = (live.length >> 1) - 1; i >= 0; i--) this.#siftDown(i, live[i]!);
  }

  #removeTop(): void {
    const heap = this.#heap;
    heap[0]!.queue = null;
    const last = heap.pop()!;
    if (heap.length > 0) this.#siftDown(0, last);
  }

  #siftUp(index: number, timer: TimerHandle): void {
    const heap = this.#heap;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex]!;
      if (!isBefore(timer, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = timer;
  }

  #siftDown(index: number, timer: TimerHandle): void {
    const heap = this.#heap;
    const size = heap.length;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      let child = heap[childIndex]!;
      if (childIndex + 1 < size && isBefore(heap[childIndex + 1]!, child)) child = heap[++childIndex]!;
      if (!isBefore(child, timer)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = timer;
  }
}

function isBefore(a: TimerHandle, b: TimerHandle): boolean {
  return a.when < b.when || (a.when === b.when && a.sequence < b.sequence);
}
