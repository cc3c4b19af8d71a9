/** What a search has come by so far. */
export interface SearchProgress {
  /** Different orders among the runs: another option at some choice point makes another order. */
  readonly orders: number;
  /** Different ways to fail. */
  readonly failures: number;
}

/** Orders that are told apart, at most; later ones count as new. */
const mostRemembered = 1_000_000;

/** Counts different orders by a hash of 53 bits of their tapes. */
export class OrderCount {
  readonly #seen = new Set<number>();
  orders = 0;

  /** A run took these options. */
  add(tape: readonly number[]): void {
    const hash = hashOf(tape);
    if (this.#seen.has(hash)) return;
    this.orders++;
    if (this.#seen.size < mostRemembered) this.#seen.add(hash);
  }
}

/** Two words of FNV-1a with different offsets. */
function hashOf(tape: readonly number[]): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (const option of tape) {
    low = Math.imul(low ^ option, 0x01000193);
    high = Math.imul(high ^ option, 0x01000193) + 1;
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
