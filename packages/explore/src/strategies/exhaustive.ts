import type { Shard } from '../shard.ts';
import type { RunScheduler, Strategy } from '../strategy.ts';
import type { Start, TreeRun } from './branch.ts';
import { ChoiceTree, type Segment } from './choice-tree.ts';
import { sampledValues } from './draws.ts';
import { count } from './wording.ts';

/** How far an exhaustive search has come. */
export interface TreeProgress {
  /** Orders that cost less were all run. */
  readonly cost: number;
  /** True if the orders of this cost were, too, and those that cost more are beyond the bound. */
  readonly done: boolean;
  /** True if there are no others. */
  readonly exhausted: boolean;
  /** True if not all options of some drawn value were tried. */
  readonly sampled: boolean;
}

/** What a part of an exhaustive search came to. */
export interface TreePart extends TreeProgress {
  /** The name of the strategy. */
  readonly strategy: string;
  /** Its runs, in order. */
  readonly segments: readonly Segment[];
}

/** A strategy that enumerates orders, each once, up to a bound of their cost. */
export abstract class ExhaustiveStrategy implements Strategy {
  abstract readonly name: string;
  readonly tree: ChoiceTree;
  #part: Shard | null = null;
  #run: TreeRun | null = null;

  constructor(bound: number) {
    this.tree = new ChoiceTree(bound);
  }

  /** True once all orders were run, with all values; those of the part. */
  get exhausted(): boolean {
    return this.tree.exhausted && !this.tree.sampled;
  }

  divide(part: Shard): void {
    this.tree.divide(part);
    this.#part = part;
  }

  /** Null if the search is not divided. */
  get part(): TreePart | null {
    if (this.#part === null) return null;
    const { cost, done, exhausted, sampled, segments } = this.tree;
    return { strategy: this.name, cost, done, exhausted, sampled, segments };
  }

  get isScouting(): boolean {
    const next = this.tree.next();
    return next !== null && !this.tree.owns(next);
  }

  nextRun(): RunScheduler | null {
    const lead = this.tree.next();
    return (this.#run = lead === null ? null : this.startRun(lead.start));
  }

  runEnded(): void {
    this.tree.ended(this.#run!.branch);
  }

  describeCoverage(runs: number): string {
    const sentence = this.describeProgress(this.tree, this.tree.runs, runs);
    return this.#part === null ? sentence : `part ${this.#part.index} of ${this.#part.of}, ${sentence}`;
  }

  /**
   * What a search has covered that has come so far.
   *
   * @param orders its different runs.
   * @param runs all its runs.
   */
  describeProgress(progress: TreeProgress, orders: number, runs: number): string {
    const { exhausted, sampled } = progress;
    if (exhausted && !sampled) return `exhaustive: ${count(orders, 'order')}`;
    const but = sampled ? `; with ${sampledValues}: not exhaustive` : '';
    return this.describe(progress, runs) + but;
  }

  /** A run that begins like this. */
  abstract startRun(start: Start): TreeRun;

  /** Coverage before all orders are done. */
  protected abstract describe(progress: TreeProgress, runs: number): string;
}

/** A strategy that has a bound on what sets an order apart, and raises it. */
export abstract class BoundedStrategy extends ExhaustiveStrategy {
  /** What the bound counts: one, several. */
  protected abstract readonly counted: readonly [one: string, several: string];

  protected describe({ cost, done }: TreeProgress, runs: number): string {
    const upTo = (bound: number): string => `all orders with at most ${count(bound, ...this.counted)}`;
    const whole = done ? upTo(cost) : cost === 0 ? `some orders with ${count(0, ...this.counted)}` : upTo(cost - 1);
    const begun = done || cost === 0 ? '' : `, and some with ${cost}`;
    return `${this.name}, ${count(runs, 'run')}: ${whole}${begun}`;
  }
}
