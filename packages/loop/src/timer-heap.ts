import type { TimerHandle } from './handle.ts';

const arity = 4;

/**
 * Timers in a heap of four children a node, the least (deadline, sequence) on top. The deadlines have
 * an array of their own: comparing them touches no timer.
 */
export class TimerHeap {
  #deadlines: number[] = [];
  #timers: TimerHandle[] = [];

  get size(): number {
    return this.#timers.length;
  }

  /** The least deadline; Infinity if there is none. */
  get deadline(): number {
    return this.#timers.length === 0 ? Infinity : this.#deadlines[0]!;
  }

  get first(): TimerHandle | undefined {
    return this.#timers[0];
  }

  /** In no order. */
  get timers(): readonly TimerHandle[] {
    return this.#timers;
  }

  /** Adds a timer whose sequence is higher than that of all others with its deadline. */
  push(timer: TimerHandle): void {
    this.#deadlines.push(timer.when);
    this.#timers.push(timer);
    this.#siftUp(this.#timers.length - 1, timer);
  }

  /** Takes the first timer out. Only if there is one. */
  shift(): TimerHandle {
    const top = this.#timers[0]!;
    const last = this.#timers.pop()!;
    const when = this.#deadlines.pop()!;
    if (this.#timers.length > 0) this.#siftDown(last, when);
    return top;
  }

  clear(): void {
    this.#timers = [];
    this.#deadlines = [];
  }

  #siftUp(start: number, timer: TimerHandle): void {
    const timers = this.#timers;
    const deadlines = this.#deadlines;
    const { when } = timer;
    let index = start;
    while (index > 0) {
      const parent = ((index - 1) / arity) | 0;
      // Of equal deadlines the new one has the highest sequence, so the others stay above it.
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
