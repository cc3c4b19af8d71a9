import { LifoStore } from './item-store.ts';
import { Queue } from './queue.ts';

/** A queue that gives the last item first. Mirrors `asyncio.LifoQueue`. */
export class LifoQueue<T = unknown> extends Queue<T> {
  /** As {@link Queue}. */
  constructor(maxSize = 0) {
    super(maxSize, new LifoStore<T>());
  }
}
