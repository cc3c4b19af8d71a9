/** What a {@link PlacedList} keeps. */
export interface Placed {
  /** Where it stands in the list. Set by the list only. */
  position: number;
}

/**
 * A list that anything can be taken out of without a look at the others: an array with holes, which are
 * closed when they are more than seven of eight. What is in it is in no other PlacedList.
 */
export class PlacedList<T extends Placed> {
  #places: (T | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Behind all others. */
  add(one: T): void {
    one.position = this.#places.length;
    this.#places.push(one);
    this.#size++;
  }

  /** Without effect if it is not there. */
  delete(one: T): void {
    if (this.#places[one.position] !== one) return;
    this.#places[one.position] = undefined;
    this.#size--;
    if (this.#places.length > 32 && this.#size * 8 < this.#places.length) this.#closeHoles();
  }

  /** What is there, if it is but one. */
  only(): T | null {
    return this.#size === 1 ? this.#places.find((one) => one !== undefined)! : null;
  }

  /** What was added last, of all that is there; null if nothing is. */
  last(): T | null {
    return this.#places.findLast((one) => one !== undefined) ?? null;
  }

  /** A snapshot, in the order in which they were added. */
  all(): T[] {
    return this.#places.filter((one) => one !== undefined);
  }

  #closeHoles(): void {
    this.#places = this.all();
    for (const [position, one] of this.#places.entries()) one!.position = position;
  }
}
