import type { Handle } from './handle.ts';

/**
 * The handles that are ready, split in two: the batch of the current turn, and what became ready
 * meanwhile and waits for the next turn.
 */
export class ReadyQueue {
  #batch: Handle[] = [];
  #head = 0;
  #next: Handle[] = [];

  /** Handles left in the batch of the current turn. */
  get batchSize(): number {
    return this.#batch.length - this.#head;
  }

  /** True if no handle is ready, neither in this turn nor for the next. */
  get isEmpty(): boolean {
    return this.batchSize === 0 && this.#next.length === 0;
  }

  push(handle: Handle): void {
    this.#next.push(handle);
  }

  /** Makes everything that is ready the batch of a new turn. Only when the batch is used up. */
  beginBatch(): void {
    const used = this.#batch;
    used.length = 0;
    this.#head = 0;
    this.#batch = this.#next;
    this.#next = used;
  }

  /** The handle at a position of the batch, 0 being the oldest. */
  peek(position: number): Handle {
    return this.#batch[this.#head + position]!;
  }

  /** Takes the handle at a position of the batch out. */
  take(position: number): Handle {
    const index = this.#head + position;
    const handle = this.#batch[index]!;
    if (position > 0) this.#batch.copyWithin(this.#head + 1, this.#head, index);
    // The slot keeps no reference, so that a long turn frees what it has run.
    this.#batch[this.#head++] = undefined as unknown as Handle;
    return handle;
  }

  clear(): void {
    this.#batch = [];
    this.#next = [];
    this.#head = 0;
  }
}
