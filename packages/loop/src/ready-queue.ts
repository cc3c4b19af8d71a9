import type { Handle } from './handle.ts';

const initialCapacity = 16;

/**
 * The handles that are ready, in a ring: first the batch of the current turn, behind it what became
 * ready meanwhile and waits for the next turn.
 */
export class ReadyQueue {
  /** The length is a power of two. Places outside of [head, tail) hold undefined, so nothing is kept alive. */
  #ring: (Handle | undefined)[] = Array.from({ length: initialCapacity });
  #head = 0;
  #batchEnd = 0;
  #tail = 0;

  /** Handles left in the batch of the current turn. */
  get batchSize(): number {
    return this.#batchEnd - this.#head;
  }

  /** True if no handle is ready, neither in this turn nor for the next. */
  get isEmpty(): boolean {
    return this.#tail === this.#head;
  }

  push(handle: Handle): void {
    if (this.#tail - this.#head === this.#ring.length) this.#grow();
    this.#ring[this.#tail++ & (this.#ring.length - 1)] = handle;
  }

  /** Makes everything that is ready the batch of a new turn. Only when the batch is used up. */
  beginBatch(): void {
    const mask = this.#ring.length - 1;
    const size = this.#tail - this.#head;
    // The counters stay small, so that the engine can keep them as small integers.
    this.#head &= mask;
    this.#tail = this.#head + size;
    this.#batchEnd = this.#tail;
  }

  /** Adds what became ready meanwhile to the batch. */
  extendBatch(): void {
    this.#batchEnd = this.#tail;
  }

  /** The handle at a position of the batch, 0 being the oldest. */
  peek(position: number): Handle {
    return this.#ring[(this.#head + position) & (this.#ring.length - 1)]!;
  }

  /** Takes the handle at a position of the batch out. */
  take(position: number): Handle {
    const ring = this.#ring;
    const mask = ring.length - 1;
    const handle = ring[(this.#head + position) & mask]!;
    for (let i = this.#head + position; i > this.#head; i--) ring[i & mask] = ring[(i - 1) & mask];
    ring[this.#head++ & mask] = undefined;
    return handle;
  }

  clear(): void {
    const mask = this.#ring.length - 1;
    for (let i = this.#head; i < this.#tail; i++) this.#ring[i & mask] = undefined;
    this.#tail = this.#head;
    this.#batchEnd = this.#head;
  }

  #grow(): void {
    const old = this.#ring;
    const mask = old.length - 1;
    const size = this.#tail - this.#head;
    const ring: (Handle | undefined)[] = [];
    for (let i = 0; i < size; i++) ring.push(old[(this.#head + i) & mask]);
    for (let i = size; i < 2 * old.length; i++) ring.push(undefined);
    this.#ring = ring;
    this.#batchEnd -= this.#head;
    this.#tail = size;
    this.#head = 0;
  }
}
