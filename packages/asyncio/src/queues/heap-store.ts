import type { Compare } from './compare.ts';
import type { ItemStore } from './item-store.ts';

/**
 * The least item first. The algorithm is that of Python's heapq, comparison by comparison, so that
 * items that compare as equal come out in the same order as there.
 *
 * An item that cannot be compared is refused before anything is moved.
 */
export class HeapStore<T> implements ItemStore<T> {
  readonly #heap: T[] = [];
  readonly #compare: Compare<T>;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(item: T): void {
    const heap = this.#heap;
    const target = this.#risesTo(heap.length, item);
    heap.push(item);
    this.#raise(heap.length - 1, target, item);
  }

  take(): T {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return last;
    const first = heap[0]!;
    // The hole sinks to a leaf, whatever the item is that will fill it; from there the item rises.
    const leaf = this.#sink();
    this.#raise(leaf, this.#risesTo(leaf, last), last);
    return first;
  }

  items(): readonly T[] {
    return this.#heap;
  }

  /** Moves the lesser child up into each hole, from the top; the place of the last hole. */
  #sink(): number {
    const heap = this.#heap;
    let hole = 0;
    for (let child = 1; child < heap.length; child = 2 * hole + 1) {
      if (child + 1 < heap.length && !this.#isLess(heap[child]!, heap[child + 1]!)) child++;
      heap[hole] = heap[child]!;
      hole = child;
    }
    return hole;
  }

  /** How far an item rises from a place: past all that are greater. */
  #risesTo(from: number, item: T): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isLess(item, this.#heap[parent]!)) break;
      place = parent;
    }
    return place;
  }

  /** Puts an item at `target`, and what is on the way down to the hole at `from` one place lower. */
  #raise(from: number, target: number, item: T): void {
    let place = from;
    while (place > target) {
      const parent = (place - 1) >> 1;
      this.#heap[place] = this.#heap[parent]!;
      place = parent;
    }
    this.#heap[place] = item;
  }

  #isLess(a: T, b: T): boolean {
    return this.#compare(a, b) < 0;
  }
}
