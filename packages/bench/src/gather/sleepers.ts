import { createRandom } from '@timeloom/loop';

/** Every delay is less than this. */
export const horizonMs = 1_000_000;

/** Whole milliseconds from 1 on: 0 is a special case for each of the peers, and not the same one. */
export function randomDelays(n: number): number[] {
  const random = createRandom('gather');
  return Array.from({ length: n }, () => 1 + Math.floor(random() * (horizonMs - 1)));
}

/** Sees to it that all programs did the same: everybody woke, in the order of the delays. */
export class Witness {
  #woken = 0;
  #last = 0;
  #inOrder = true;

  woke(delayMs: number): void {
    this.#woken++;
    if (delayMs < this.#last) this.#inOrder = false;
    this.#last = delayMs;
  }

  check(n: number): void {
    if (this.#woken !== n || !this.#inOrder) {
      throw new Error(`${this.#woken} of ${n} sleepers woke, ${this.#inOrder ? 'in' : 'out of'} order`);
    }
  }
}
