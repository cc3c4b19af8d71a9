import type { TimerHandle } from './handle.ts';
import type { Ready } from './ready-queue.ts';
import { SortedTimers } from './sorted-timers.ts';
import { TimerHeap } from './timer-heap.ts';

/** So many timers that are pushed in a row go to the heap at once. */
const mostInARow = 256;

/** So many of those behind them are sorted; fewer go to the heap too. */
const leastToSort = 256;

// Most queues never need any: a search makes a loop, and with it a queue, for each run.
const nobody: TimerHandle[] = [];
const never: number[] = [];
const noneSorted = new SortedTimers();

/**
 * Timers in the order (deadline, sequence): equal deadlines come out in the order they were made.
 *
 * Timers go to a heap. But where many are pushed in a row, as when a program starts its tasks, all but
 * the first of them wait in a list until somebody asks for the next timer, and are sorted then: that
 * costs a fraction of taking them out of a heap one by one. The next timer is the first of the heap or
 * the first of those that are sorted.
 *
 * Cancelling is O(1): the timer stays in place and is dropped when it comes first; when more than half
 * of over 100 timers are cancelled they are all removed at once, as CPython's loop does, so a program
 * that sets and clears timers does not grow.
 */
export class TimerQueue {
  readonly #heap = new TimerHeap();
  #sorted: SortedTimers = noneSorted;
  /** Not yet put in order. Of those with equal deadlines the one with the lower sequence is first. */
  #added: TimerHandle[] = nobody;
  /** Their deadlines: to read them of the timers when these are sorted would cost a cache miss for each. */
  #addedDeadlines: number[] = never;
  /** Timers pushed since somebody asked for the next one. */
  #inARow = 0;
  #cancelled = 0;
  /** Timers that will still fire, if something else keeps the run alive. */
  #background = 0;

  /** Timers that will still fire. */
  get size(): number {
    return this.#heap.size + this.#sorted.size + this.#added.length - this.#cancelled;
  }

  /** True if it holds no timer at all, not even a cancelled one. */
  get isEmpty(): boolean {
    return this.#heap.size === 0 && this.#added.length === 0 && this.#sorted.size === 0;
  }

  push(timer: TimerHandle): void {
    timer.queue = this;
    if (timer.background) this.#background++;
    if (++this.#inARow <= mostInARow) this.#heap.push(timer);
    else this.#add(timer);
  }

  #add(timer: TimerHandle): void {
    if (this.#added === nobody) {
      this.#added = [];
      this.#addedDeadlines = [];
    }
    this.#added.push(timer);
    this.#addedDeadlines.push(timer.when);
  }

  /** The timer that is the next to fire. */
  first(): TimerHandle | undefined {
    this.#settle();
    return this.#heapIsFirst() ? this.#heap.first : this.#sorted.first;
  }

  /**
   * The earliest deadline of a timer that is not cancelled; Infinity if there is none, or if there are
   * none but background timers and nothing else keeps the run alive.
   */
  nextDeadline(alive = true): number {
    // Reading the first timer itself would cost a cache miss for each jump of the clock.
    this.#settle();
    if (!alive && this.#background > 0 && this.#background === this.size) return Infinity;
    // Not Math.min, which makes a number object of every small integer.
    const inHeap = this.#heap.deadline;
    const sorted = this.#sorted.deadline;
    return inHeap < sorted ? inHeap : sorted;
  }

  /** Moves the timers that are due to `ready`; see {@link popDue}. */
  moveDue(now: number, resolution: number, ready: Pick<Ready, 'push'>): void {
    for (let due; (due = this.popDue(now, resolution)) !== undefined;) ready.push(due);
  }

  /**
   * Takes the earliest timer out if it is due at `now`, or less than `resolution` later. (The first
   * test is not redundant: far from 0 the resolution vanishes in the sum.)
   */
  popDue(now: number, resolution: number): TimerHandle | undefined {
    this.#putInOrder();
    const heapIsFirst = this.#heapIsFirst();
    const deadline = heapIsFirst ? this.#heap.deadline : this.#sorted.deadline;
    if (!(deadline <= now || deadline < now + resolution) || deadline === Infinity) return undefined;
    const first = this.#shift(heapIsFirst);
    if (first.cancelled()) this.#cancelled--;
    else if (this.#background > 0 && first.background) this.#background--;
    return first;
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
    for (const timer of this.#all()) if (timer.when <= limit && !timer.cancelled()) deadlines.add(timer.when);
    return [...deadlines].toSorted((a, b) => a - b);
  }

  /** Live timers, earliest first. */
  pending(): TimerHandle[] {
    return this.#all()
      .filter((timer) => !timer.cancelled())
      .toSorted((a, b) => a.when - b.when || a.sequence - b.sequence);
  }

  clear(): void {
    if (this.isEmpty) return;
    for (const timer of this.#all()) timer.queue = null;
    this.#heap.clear();
    this.#sorted = noneSorted;
    this.#added = nobody;
    this.#addedDeadlines = never;
    this.#cancelled = 0;
    this.#background = 0;
  }

  #all(): TimerHandle[] {
    return [...this.#sorted.timers, ...this.#heap.timers, ...this.#added];
  }

  /** True if the heap's first timer is before the first of those that are sorted. */
  #heapIsFirst(): boolean {
    if (this.#sorted.size === 0) return this.#heap.size > 0;
    if (this.#heap.size === 0) return false;
    if (this.#heap.deadline !== this.#sorted.deadline) return this.#heap.deadline < this.#sorted.deadline;
    return this.#heap.first!.sequence < this.#sorted.first!.sequence;
  }

  #shift(fromHeap: boolean): TimerHandle {
    const first = fromHeap ? this.#heap.shift() : this.#sorted.shift();
    // Its arrays are as long as the timers were many.
    if (!fromHeap && this.#sorted.size === 0) this.#sorted = noneSorted;
    first.queue = null;
    return first;
  }

  /** After this the first timer is no cancelled one. */
  #settle(): void {
    this.#putInOrder();
    if (this.#cancelled > 0) this.#dropCancelled();
  }

  #putInOrder(): void {
    this.#inARow = 0;
    const added = this.#added;
    if (added.length === 0) return;
    const deadlines = this.#addedDeadlines;
    this.#added = nobody;
    this.#addedDeadlines = never;
    // To sort anew what is sorted is worth it only for about as many.
    if (added.length >= leastToSort && 4 * added.length >= this.#sorted.size) this.#sort(added, deadlines);
    else for (const timer of added) this.#heap.push(timer);
  }

  #sort(added: readonly TimerHandle[], deadlines: readonly number[]): void {
    if (this.#sorted === noneSorted) this.#sorted = new SortedTimers();
    this.#sorted.add(added, deadlines);
  }

  #dropCancelled(): void {
    const total = this.size + this.#cancelled;
    if (this.#cancelled > 100 && this.#cancelled * 2 > total) this.#compact();
    while (this.#cancelled > 0) {
      const fromHeap = this.#heapIsFirst();
      const first = fromHeap ? this.#heap.first : this.#sorted.first;
      if (first?.cancelled() !== true) return;
      this.#shift(fromHeap);
      this.#cancelled--;
    }
  }

  #compact(): void {
    const live = this.pending();
    const background = this.#background;
    this.clear();
    for (const timer of live) this.push(timer);
    this.#background = background;
    this.#putInOrder();
  }
}
