import type { Branch, Start } from './branch.ts';
import { isInOneStrip, layOut, within, type Extent, type Layout, type Strips } from './strips.ts';

/** A run that is to be made, or was made and is yet to be looked at. */
export class Lead {
  readonly start: Start;
  /** What is below it in the tree; null if the tree is not divided. */
  readonly extent: Extent | null;
  /** What others that begin like it may cost beyond what it costs. */
  readonly left: number;
  /** About how many runs of the same cost begin like it. */
  readonly expected: number;
  /** True once somebody makes it. */
  isBegun = false;
  /** What it came by; null before. */
  branch: Branch | null = null;
  /** The runs of the same cost that branch off it. */
  #fork: Fork | null = null;
  /** Null if all that is below it is in one strip. */
  #layout: Layout | null = null;

  constructor(start: Start, extent: Extent | null, left: number, expected: number) {
    this.start = start;
    this.extent = extent;
    this.left = left;
    this.expected = expected;
  }

  /** Of a run that was made: those of the same cost that branch off it. */
  fork(strips: Strips | null): Fork {
    if (this.#fork !== null) return this.#fork;
    const { extent, left } = this;
    if (extent !== null && !isInOneStrip(extent)) this.#layout = layOut(this.branch!, extent, left);
    return (this.#fork = new Fork(this, 'free', this.#layout, strips));
  }

  /** Those that cost one more. */
  dearerFork(strips: Strips | null): Fork {
    this.fork(strips);
    return new Fork(this, 'costly', this.#layout, strips);
  }
}

/** Gives out the runs that differ from a run in one choice behind its start, the last one first. */
export class Fork {
  readonly #start: Start;
  readonly #branch: Branch;
  readonly #kind: 'free' | 'costly';
  readonly #extent: Extent | null;
  readonly #layout: Layout | null;
  readonly #strips: Strips | null;
  readonly #left: number;
  #position: number;
  #option = 0;
  /** Those that were looked at ahead of their time. */
  readonly #ahead: Lead[] = [];
  /** Of all choice points of the run. */
  #sizes: readonly number[] | null = null;
  #expected: readonly number[] | null = null;

  /**
   * @param kind whether to differ where that costs nothing, or where it costs 1.
   * @param layout null if all are where the run is that they branch off.
   */
  constructor(lead: Lead, kind: 'free' | 'costly', layout: Layout | null, strips: Strips | null) {
    this.#start = lead.start;
    this.#branch = lead.branch!;
    this.#kind = kind;
    this.#extent = lead.extent;
    this.#layout = layout;
    this.#left = lead.left - (kind === 'costly' ? 1 : 0);
    this.#strips = strips;
    this.#position = this.#branch.options.length - 1;
  }

  /** The next one; null after the last one. */
  next(): Lead | null {
    return this.#ahead.shift() ?? this.#make();
  }

  /** The one that {@link next} gives after `index` others. */
  peek(index: number): Lead | null {
    while (this.#ahead.length <= index) {
      const lead = this.#make();
      if (lead === null) return null;
      this.#ahead.push(lead);
    }
    return this.#ahead[index]!;
  }

  #make(): Lead | null {
    const { options, tries, costly } = this.#branch;
    for (; this.#position >= 0; this.#position--, this.#option = 0) {
      const position = this.#position;
      if (costly[position] !== (this.#kind === 'costly')) continue;
      const taken = options[position]!;
      while (this.#option < tries[position]!) {
        const option = this.#option++;
        if (option === taken) continue;
        const extent = this.#extentOf(position, option < taken ? option : option - 1);
        if (extent !== null && !this.#strips!.meets(extent)) continue;
        const before = this.#start.options;
        const begin = { options: [...before, ...options.slice(0, position), option], sizes: this.#allSizes() };
        return new Lead(begin, extent, this.#left, this.#expectedBehind(position));
      }
    }
    return null;
  }

  /** @param rank of the option among those that were not taken. */
  #extentOf(position: number, rank: number): Extent | null {
    const layout = this.#layout;
    if (layout === null) return this.#extent;
    const from = layout.edges[position]! + layout.widths[position]! * rank;
    return within(this.#extent!, from, from + layout.widths[position]!);
  }

  #allSizes(): readonly number[] {
    const { options, sizes } = this.#start;
    return (this.#sizes ??= [...sizes.slice(0, options.length), ...this.#branch.sizes]);
  }

  /** How many runs of one cost differ from this one behind a position, if they come by the same choices. */
  #expectedBehind(position: number): number {
    this.#expected ??= sizesBehind(this.#branch);
    return this.#expected[position]!;
  }
}

function sizesBehind({ tries, costly }: Branch): number[] {
  const sizes: number[] = [];
  let size = 1;
  for (let position = tries.length - 1; position >= 0; position--) {
    sizes[position] = size;
    if (!costly[position]!) size *= tries[position]!;
  }
  return sizes;
}
