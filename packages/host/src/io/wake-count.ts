/**
 * How many waits of `Atomics` there are in all threads, how many of those were woken and have not said yet that they
 * are over, and how many calls of `Atomics.notify` are going on, as one number of 64 bits: who is woken may say so
 * ahead of who wakes it.
 */
const oneWait = 1n;
const oneWoken = 1n << 24n;
const oneNotifying = 1n << 48n;

/** Which waits of all threads are over without having said so, as a number in shared memory. */
export class WakeCount {
  readonly #numbers: BigInt64Array;
  readonly #at: number;

  /** @param at where the number is, in the memory of `numbers`, in units of 64 bits. */
  constructor(numbers: Int32Array, at: number) {
    this.#numbers = new BigInt64Array(numbers.buffer);
    this.#at = at;
  }

  /** True if who waits now was not woken. */
  get noneIsWoken(): boolean {
    return Atomics.load(this.#numbers, this.#at) < oneWoken;
  }

  waitBegins(): void {
    this.#add(oneWait);
  }

  waitEnded(woken: boolean): void {
    this.#add(woken ? -oneWait - oneWoken : -oneWait);
  }

  notifyBegins(): void {
    this.#add(oneNotifying);
  }

  /** @param count how many it has woken. */
  notifyEnded(count: number): void {
    this.#add(BigInt(count) * oneWoken - oneNotifying);
  }

  #add(by: bigint): void {
    for (;;) {
      const before = Atomics.load(this.#numbers, this.#at);
      const after = before + by;
      // Threads that say nothing may have been woken as well, which were counted.
      const isOver = after % oneWoken === 0n && after < oneNotifying / 2n;
      if (Atomics.compareExchange(this.#numbers, this.#at, before, isOver ? 0n : after) === before) return;
    }
  }
}
