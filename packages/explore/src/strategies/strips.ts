import type { Shard } from '../shard.ts';
import type { Branch } from './branch.ts';

/** Strips of each part: more of them make parts more equal, and take more runs to be found. */
const stripsOfPart = 8;

/** What is less of a strip than this is left to the one beside it: where strips begin is not searched for any closer. */
const margin = 1 / 8;

/** What a subtree takes up of the strips. Strips have width 1, and lie side by side. */
export interface Extent {
  readonly from: number;
  readonly to: number;
  /** The strip that it begins in: the run that begins there belongs to it. */
  readonly first: number;
  /** The last strip that something in the subtree may belong to. */
  readonly last: number;
}

/** Where the subtrees lie that branch off a run, by the position of the choice in which they differ. */
export interface Layout {
  /** The edge of the first one. */
  readonly edges: readonly number[];
  /** The width of each. */
  readonly widths: readonly number[];
}

/**
 * Divides a tree among parts that do not know of each other. The whole tree lies on a row of strips, which
 * are dealt out to the parts in rounds. A subtree takes up as much room as it is expected to have runs, in
 * the order of the search, and the subtrees that make it up lie within. So a run belongs to the strip
 * it begins in, and each part passes over the subtrees that lie in the strips of others. Only a
 * subtree that lies in several strips has to be entered, by a run that may belong to another part.
 *
 * Every part computes the same numbers. That they are rounded makes strips a little wider or narrower, and
 * nothing else, because a subtree is never said to be in a strip that the one around it is not in.
 */
export class Strips {
  readonly #part: number;
  readonly #parts: number;

  constructor({ index, of }: Shard) {
    this.#part = index - 1;
    this.#parts = of;
  }

  /** The extent of the whole tree. */
  get all(): Extent {
    const strips = this.#parts * stripsOfPart;
    return { from: 0, to: strips, first: 0, last: strips - 1 };
  }

  /** Whether the run that a subtree begins with belongs to this part. */
  owns({ first }: Extent): boolean {
    return this.#stripOfRound(Math.floor(first / this.#parts)) === first;
  }

  /** Whether anything in a subtree may belong to this part. */
  meets({ first, last }: Extent): boolean {
    for (let round = Math.floor(first / this.#parts); round * this.#parts <= last; round++) {
      const strip = this.#stripOfRound(round);
      if (first <= strip && strip <= last) return true;
    }
    return false;
  }

  /**
   * In each round all parts get a strip. Who begins follows the sequence of Thue and Morse, so that nobody
   * always gets the first one, nor one at half or a quarter of the way, where subtrees like to begin.
   */
  #stripOfRound(round: number): number {
    if (this.#parts === 1) return round;
    const begins = sumOfDigits(round, this.#parts) % this.#parts;
    return round * this.#parts + ((this.#part + this.#parts - begins) % this.#parts);
  }
}

function sumOfDigits(number: number, base: number): number {
  let sum = 0;
  for (let left = number; left > 0; left = Math.floor(left / base)) sum += left % base;
  return sum;
}

/** True if all that is in a subtree belongs to one strip. */
export function isInOneStrip({ first, last }: Extent): boolean {
  return first === last;
}

/** A part of an extent. */
export function within(extent: Extent, from: number, to: number): Extent {
  const first = Math.min(Math.max(Math.floor(from + margin), extent.first), extent.last);
  const last = Math.min(Math.max(Math.ceil(to - margin) - 1, first), extent.last);
  return { from, to, first, last };
}

/**
 * Lays out the subtrees that branch off a run: first those that cost 1 more, then those that cost the same,
 * and the last choices first. So runs of one cost lie in the order of the search.
 *
 * @param left what runs may cost beyond what this one does.
 */
export function layOut(branch: Branch, { from, to }: Extent, left: number): Layout {
  const { tries, costly } = branch;
  const { own, weights } = weigh(branch, left);
  let total = own;
  for (let position = 0; position < tries.length; position++) total += weights[position]! * (tries[position]! - 1);
  const unit = (to - from) / total;
  const edges: number[] = [];
  const widths: number[] = [];
  let edge = from + own * unit;
  for (const kind of [true, false]) {
    for (let position = tries.length - 1; position >= 0; position--) {
      if (costly[position] !== kind) continue;
      edges[position] = edge;
      widths[position] = weights[position]! * unit;
      edge += widths[position]! * (tries[position]! - 1);
    }
  }
  return { edges, widths };
}

/** Above this, weights are made smaller: only their relation counts. */
const mostWeight = 1e200;

/**
 * About how many runs there are in each subtree that branches off a run, by the position of the choice: as many as if
 * they came by the same number of choices, each of which is free where it is in this run, or costs 1. What is free
 * depends on the run, so that is no more than a guess; without a bound, it is exact if all runs have the same choices.
 */
function weigh({ tries, costly }: Branch, left: number): { own: number; weights: readonly number[] } {
  const weights = tries.map(() => 0);
  let own = 1;
  const others = tries.reduce((sum, size) => sum + size - 1, 0) / tries.length;
  /** By what they cost at most: runs that differ behind the position. */
  const runs = Array.from({ length: Math.min(left, tries.length) + 1 }, () => 1);
  for (let position = tries.length - 1; position >= 0; position--) {
    const free = costly[position]! ? 1 : tries[position]!;
    weights[position] = runs.at(costly[position]! ? -2 : -1) ?? 0;
    for (let cost = runs.length - 1; cost > 0; cost--) runs[cost] = runs[cost]! * free + runs[cost - 1]! * others;
    runs[0]! *= free;
    if (runs.at(-1)! < mostWeight) continue;
    own /= mostWeight;
    for (let cost = 0; cost < runs.length; cost++) runs[cost]! /= mostWeight;
    for (let behind = position; behind < weights.length; behind++) weights[behind]! /= mostWeight;
  }
  return { own, weights };
}
