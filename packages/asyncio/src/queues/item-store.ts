/** Where a queue keeps its items, and in which order it gives them back. */
export interface ItemStore<T> {
  readonly size: number;
  add(item: T): void;
  /** Takes the next item out. Only when there is one. */
  take(): T;
  /** The items as they are stored, for the readable form. */
  items(): readonly T[];
}

/** First in, first out. Taking is O(1) however many items there are. */
export class FifoStore<T> implements ItemStore<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    const item = this.#items[this.#head]!;
    this.#items[this.#head++] = undefined as T;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  items(): readonly T[] {
    return this.#items.slice(this.#head);
  }
}

/** Last in, first out. */
export class LifoStore<T> implements ItemStore<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    return this.#items.pop()!;
  }

  items(): readonly T[] {
    return this.#items;
  }
}
