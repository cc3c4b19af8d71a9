import type { Shard } from '../shard.ts';
import { isSampled, type Branch } from './branch.ts';
import { Lead, type Fork } from './fork.ts';
import { Strips } from './strips.ts';

/** Runs of a part that come one after the other in the search in one piece. */
export interface Segment {
  /** What they cost. */
  readonly cost: number;
  /** Their strip: segments of one cost have the order of their strips. */
  readonly strip: number;
  readonly runs: number;
}

/**
 * All runs of a deterministic program, each once: those that cost nothing, then those that cost 1,
 * and so on (CHESS's iterative bounding). A run takes what is free where its start says nothing. Runs
 * of one cost come depth first. Memory: one record for each run that has dearer siblings.
 */
export class ChoiceTree {
  /** What runs cost now. */
  cost = 0;
  /** Runs that are over; of a part, its own. */
  runs = 0;
  /** True when all runs up to the bound are over. */
  done = false;
  /** True if not all options of some drawn value were tried. */
  sampled = false;
  /** True if {@link done}, and nothing costs more than the bound. */
  exhausted = false;
  readonly #bound: number;
  #strips: Strips | null = null;
  readonly #segments: Segment[] = [];
  /** The first run. */
  #root: Lead;
  /** What is to be run next, until it is over. */
  #next: Lead | null;
  readonly #stack: Fork[] = [];
  /** Runs that cost one more than those of now; none of these if that is above the bound. */
  #dearer: Fork[] = [];
  #isAnyDearer = false;

  constructor(bound: number) {
    this.#bound = bound;
    this.#next = this.#root = new Lead({ options: [], sizes: [] }, null, bound, 1);
  }

  /**
   * Keeps to a part of the tree: the parts are disjoint, and together they are all of it.
   *
   * @throws TypeError if there were runs before.
   */
  divide(part: Shard): void {
    if (this.#next !== this.#root) throw new TypeError('a search can be divided before its first run only');
    this.#strips = new Strips(part);
    this.#next = this.#root = new Lead(this.#root.start, this.#strips.all, this.#bound, 1);
  }

  /** The runs of the part so far, in order; none if the tree is not divided. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Whether a run belongs to the part; if not, it shows where those are that do. */
  owns({ extent }: Lead): boolean {
    return this.#strips === null || this.#strips.owns(extent!);
  }

  /** What is to be run next, the same until that is over; null if there is nothing. */
  next(): Lead | null {
    return (this.#next ??= this.#find());
  }

  /** The run that was {@link next} is over. */
  ended(branch: Branch): void {
    const lead = this.#next!;
    this.#next = null;
    lead.branch = branch;
    this.sampled ||= isSampled(branch);
    if (this.owns(lead)) this.#count(lead);
    this.#stack.push(lead.fork(this.#strips));
    if (!branch.costly.includes(true)) return;
    this.#isAnyDearer = true;
    if (this.cost < this.#bound) this.#dearer.push(lead.dearerFork(this.#strips));
  }

  #count({ extent }: Lead): void {
    this.runs++;
    if (extent === null) return;
    const { cost } = this;
    const strip = extent.first;
    const last = this.#segments.at(-1);
    if (last?.cost !== cost || last.strip !== strip) this.#segments.push({ cost, strip, runs: 1 });
    else this.#segments[this.#segments.length - 1] = { cost, strip, runs: last.runs + 1 };
  }

  /**
   * Runs that will be next and that nobody has begun, in order, as far as is known; from now on they are begun.
   *
   * @param most how many of them.
   * @param horizon about how many runs from now on to look at.
   */
  begin(most: number, horizon: number): Lead[] {
    const begun: Lead[] = [];
    let distance = 0;
    for (const lead of this.#upcoming()) {
      if (begun.length === most || distance >= horizon) break;
      distance += lead.branch === null ? lead.expected : 1;
      if (lead.isBegun) continue;
      lead.isBegun = true;
      begun.push(lead);
    }
    return begun;
  }

  *#upcoming(): Generator<Lead, void, void> {
    const next = this.next();
    if (next === null) return;
    yield* this.#withFork(next);
    for (let top = this.#stack.length - 1; top >= 0; top--) yield* this.#leadsOf(this.#stack[top]!);
    for (const fork of this.#dearer) yield* this.#leadsOf(fork);
  }

  *#leadsOf(fork: Fork): Generator<Lead, void, void> {
    for (let index = 0, lead; (lead = fork.peek(index)) !== null; index++) yield* this.#withFork(lead);
  }

  *#withFork(lead: Lead): Generator<Lead, void, void> {
    yield lead;
    if (lead.branch !== null) yield* this.#leadsOf(lead.fork(this.#strips));
  }

  #find(): Lead | null {
    for (;;) {
      const fork = this.#stack.at(-1);
      if (fork === undefined) {
        if (!this.#raiseCost()) return null;
        continue;
      }
      const lead = fork.next();
      if (lead !== null) return lead;
      this.#stack.pop();
    }
  }

  #raiseCost(): boolean {
    this.exhausted = !this.#isAnyDearer;
    this.done = this.exhausted || this.cost === this.#bound;
    if (this.done) return false;
    this.cost++;
    // The first run is on top of the stack.
    for (const fork of this.#dearer.toReversed()) this.#stack.push(fork);
    this.#dearer = [];
    this.#isAnyDearer = false;
    return true;
  }
}
