import type { Handle, TimerHandle } from './handle.ts';

/**
 * The handles that are ready: the batch of the current turn, and behind it what became ready
 * meanwhile and waits for the next turn.
 */
export interface Ready {
  push(handle: Handle): void;
  /** True if the batch has nothing left that has to run in this turn. */
  readonly turnIsOver: boolean;
  /** True if no handle is ready, neither in this turn nor for the next. */
  readonly isEmpty: boolean;
  /** True if a Scheduler may leave all that is ready pending, and something is. */
  readonly onlyOperations: boolean;
  /** Makes everything that is ready the batch of a new turn. Only when the turn is over. */
  beginBatch(): void;
  /** How many handles are left of the batch. */
  readonly batchSize: number;
  /** The handle that runs next. It stays where it is until {@link take}. */
  next(): Handle;
  /** Takes out what {@link next} gave. */
  take(): void;
  /**
   * Nothing has to run now but time could pass, up to the first timer. True if it is to pass although
   * operations are pending.
   */
  letTimePass(timer: TimerHandle | undefined): boolean;
  clear(): void;
}

/** Has holes for the engine, as growing makes some: one kind of array is faster than two. */
const emptyRing: readonly undefined[] = withHoles(Array.from({ length: 16 }));

function withHoles<T>(array: T[]): T[] {
  const { length } = array;
  array.length = length + 1;
  array.length = length;
  return array;
}

/** First in, first out, in a ring. */
export class ReadyQueue implements Ready {
  /** The length is a power of two. Places outside of [head, tail) hold undefined, so nothing is kept alive. */
  #ring: (Handle | undefined)[] = emptyRing.slice();
  #head = 0;
  #batchEnd = 0;
  #tail = 0;

  get turnIsOver(): boolean {
    return this.#batchEnd === this.#head;
  }

  get isEmpty(): boolean {
    return this.#tail === this.#head;
  }

  get onlyOperations(): boolean {
    return false;
  }

  get batchSize(): number {
    return this.#batchEnd - this.#head;
  }

  push(handle: Handle): void {
    if (this.#tail - this.#head === this.#ring.length) this.#grow();
    this.#ring[this.#tail++ & (this.#ring.length - 1)] = handle;
  }

  beginBatch(): void {
    this.#settleCounters();
    this.#batchEnd = this.#tail;
  }

  next(): Handle {
    return this.#ring[this.#head & (this.#ring.length - 1)]!;
  }

  take(): void {
    this.#ring[this.#head++ & (this.#ring.length - 1)] = undefined;
  }

  letTimePass(): boolean {
    return false;
  }

  clear(): void {
    const mask = this.#ring.length - 1;
    for (let i = this.#head; i < this.#tail; i++) this.#ring[i & mask] = undefined;
    this.#tail = this.#head;
    this.#batchEnd = this.#head;
  }

  /** Called when the ring is full. */
  #grow(): void {
    const ring = this.#ring;
    const { length } = ring;
    this.#settleCounters();
    // The engine moves the memory: an array that is filled by pushing makes half a dozen on its way.
    ring.length = 2 * length;
    // What stood in front of the head is behind what was the end.
    for (let i = 0; i < this.#head; i++) {
      ring[length + i] = ring[i];
      ring[i] = undefined;
    }
  }

  /** Keeps the counters small, so that the engine can keep them as small integers. */
  #settleCounters(): void {
    const before = this.#head;
    this.#head &= this.#ring.length - 1;
    const less = before - this.#head;
    this.#tail -= less;
    this.#batchEnd -= less;
  }
}
