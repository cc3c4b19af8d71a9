import type { TimerHandle } from './handle.ts';
import { sortedPositions } from './sort-numbers.ts';

/** So many timers are read ahead at a time. */
const group = 16;

/** Timers in the order (deadline, sequence), taken from the front: what comes next is found without a look at the others. */
export class SortedTimers {
  #deadlines: number[] = [];
  #timers: (TimerHandle | undefined)[] = [];
  #head = 0;
  /** What {@link TimerHandle.readAhead} gave: a compiler drops reads of which nothing comes. */
  protected read = 0;

  get size(): number {
    return this.#timers.length - this.#head;
  }

  /** The least deadline; Infinity if there is none. */
  get deadline(): number {
    return this.#head < this.#timers.length ? this.#deadlines[this.#head]! : Infinity;
  }

  get first(): TimerHandle | undefined {
    return this.#timers[this.#head];
  }

  /** In order. */
  get timers(): TimerHandle[] {
    return this.#timers.slice(this.#head) as TimerHandle[];
  }

  /** Takes the first timer out. Only if there is one. */
  shift(): TimerHandle {
    if (this.#head % group === 0) this.#readAhead();
    const first = this.#timers[this.#head]!;
    this.#timers[this.#head++] = undefined;
    return first;
  }

  /**
   * Adds timers: of those with equal deadlines the lower sequences first, and after those that are here.
   *
   * @param whens their deadlines.
   */
  add(added: readonly TimerHandle[], whens: readonly number[]): void {
    // What stays is first, so equal deadlines stay in the order of their sequences.
    const all = this.size === 0 ? added : this.timers.concat(added);
    const allWhens = this.size === 0 ? whens : this.#deadlines.slice(this.#head).concat(whens);
    const positions = sortedPositions(allWhens);
    const { length } = all;
    const timers: TimerHandle[] = [];
    // Not a Float64Array: whole numbers stay small integers, which need no memory of their own.
    const deadlines: number[] = [];
    // Arrays of `slice` are of one kind or another, and what the engine has compiled for one it compiles again for another.
    timers.length = length;
    deadlines.length = length;
    for (let i = 0; i < length; i++) {
      const position = positions[i]!;
      timers[i] = all[position]!;
      deadlines[i] = allWhens[position]!;
    }
    this.#timers = timers;
    this.#deadlines = deadlines;
    this.#head = 0;
  }

  /**
   * Many sleepers are more than fits into the processor's cache, and to wait for memory is most of what it
   * takes to wake one. Reads that do not depend on each other are waited for together, so those of the group
   * after this one are made now (group prefetching: Chen, Ailamaki, Gibbons, Mowry, "Improving Hash Join
   * Performance through Prefetching", ICDE 2004).
   */
  #readAhead(): void {
    const timers = this.#timers;
    const end = Math.min(this.#head + 2 * group, timers.length);
    let read = 0;
    for (let i = this.#head + group; i < end; i++) read |= timers[i]!.readAhead();
    this.read = read;
  }
}
