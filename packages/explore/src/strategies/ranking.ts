import type { ChoicePoint, Handle } from '@timeloom/loop';

/** So few options are compared anew each time. */
const few = 16;

/**
 * Finds the option of the highest priority. Keeps the order of the options from one choice to the next
 * as long as nothing but the best one goes, so that a choice among a thousand costs little more than
 * one among ten.
 */
export class Ranking {
  readonly #priorityOf: (handle: Handle) => number;
  /** The options of the next point, the best one last; null if that is not known. */
  #ranked: Handle[] | null = null;

  constructor(priorityOf: (handle: Handle) => number) {
    this.#priorityOf = priorityOf;
  }

  /** Priorities changed, or another option than {@link best} was taken. */
  forget(): void {
    this.#ranked = null;
  }

  /** The best option, the first of several. It is taken to be chosen unless {@link forget} is called. */
  best(point: ChoicePoint): number {
    if (point.size < few) return this.#compareAll(point);
    if (this.#ranked !== null && point.changed) this.#ranked = this.#insert(this.#ranked, point);
    this.#ranked ??= this.#rank(point);
    return point.indexOf(this.#ranked.pop()!);
  }

  /** Puts what came into its place; null if something else has changed, or much. */
  #insert(ranked: Handle[], point: ChoicePoint): Handle[] | null {
    const { added } = point;
    if (added === undefined || added.length > few) return null;
    for (const handle of added) {
      let low = 0;
      let high = ranked.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.#isBetter(handle, ranked[middle]!, point)) low = middle + 1;
        else high = middle;
      }
      ranked.splice(low, 0, handle);
    }
    return ranked;
  }

  #isBetter(a: Handle, b: Handle, point: ChoicePoint): boolean {
    const difference = this.#priorityOf(a) - this.#priorityOf(b);
    return difference > 0 || (difference === 0 && point.indexOf(a) < point.indexOf(b));
  }

  #compareAll(point: ChoicePoint): number {
    this.#ranked = null;
    let highest = -Infinity;
    let best = 0;
    for (let option = 0; option < point.size; option++) {
      const priority = this.#priorityOf(point.handleOf(option)!);
      if (priority <= highest) continue;
      highest = priority;
      best = option;
    }
    return best;
  }

  #rank(point: ChoicePoint): Handle[] {
    const options = Array.from({ length: point.size }, (_, option) => {
      const handle = point.handleOf(option)!;
      return { handle, option, priority: this.#priorityOf(handle) };
    });
    return options.toSorted((a, b) => a.priority - b.priority || b.option - a.option).map(({ handle }) => handle);
  }
}
