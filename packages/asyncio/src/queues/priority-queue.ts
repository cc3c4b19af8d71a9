import { checkFunction } from '@timeloom/loop';
import { compareItems, type Compare } from './compare.ts';
import { HeapStore } from './heap-store.ts';
import { Queue } from './queue.ts';

/** Options of a PriorityQueue. `asyncio.PriorityQueue` compares with `<` and has none. */
export interface PriorityQueueOptions<T> {
  /** As for `Array.sort`; default: numbers, strings, and arrays element by element. */
  readonly compare?: Compare<T> | undefined;
}

/**
 * A queue that gives the least item first, e.g. of `[priority, name]`.
 *
 * Mirrors `asyncio.PriorityQueue`; items that compare as equal come in the order of Python's heapq.
 */
export class PriorityQueue<T = unknown> extends Queue<T> {
  /** As {@link Queue}. @throws TypeError if `compare` is not a function. */
  constructor(maxSize = 0, { compare = compareItems }: PriorityQueueOptions<T> = {}) {
    checkFunction('compare', compare);
    super(maxSize, new HeapStore(compare));
  }
}
