import type { ChoicePoint } from '@timeloom/loop';
import type { RunScheduler, Strategy } from '../strategy.ts';
import { ChoiceTree, type Free } from './choice-tree.ts';
import { sampledValues } from './draws.ts';
import { count } from './wording.ts';

/** A strategy that enumerates orders, each once, up to a bound of their cost. */
export abstract class ExhaustiveStrategy implements Strategy {
  abstract readonly name: string;
  protected readonly tree: ChoiceTree;

  constructor(bound: number) {
    this.tree = new ChoiceTree(bound);
  }

  /** True once all orders were run, with all values. */
  get exhausted(): boolean {
    return this.tree.exhausted && !this.tree.sampled;
  }

  nextRun(): RunScheduler | null {
    return this.tree.begin() ? this.startRun() : null;
  }

  runEnded(): void {
    this.tree.end();
  }

  describeCoverage(runs: number): string {
    if (this.exhausted) return `exhaustive: ${count(this.tree.runs, 'order')}`;
    const but = this.tree.sampled ? `; with ${sampledValues}: not exhaustive` : '';
    return this.describe(runs) + but;
  }

  protected abstract startRun(): RunScheduler;

  /** Coverage before all orders are done. */
  protected abstract describe(runs: number): string;
}

/** A strategy that has a bound on what sets an order apart, and raises it. */
export abstract class BoundedStrategy extends ExhaustiveStrategy {
  /** What the bound counts: one, several. */
  protected abstract readonly counted: readonly [one: string, several: string];

  protected describe(runs: number): string {
    const { cost, done } = this.tree;
    const upTo = (bound: number): string => `all orders with at most ${count(bound, ...this.counted)}`;
    const whole = done ? upTo(cost) : cost === 0 ? `some orders with ${count(0, ...this.counted)}` : upTo(cost - 1);
    const begun = done || cost === 0 ? '' : `, and some with ${cost}`;
    return `${this.name}, ${count(runs, 'run')}: ${whole}${begun}`;
  }
}

/** A run that goes where the tree leads. */
export abstract class TreeRun implements RunScheduler {
  readonly #tree: ChoiceTree;

  constructor(tree: ChoiceTree) {
    this.#tree = tree;
  }

  choose(point: ChoicePoint): number {
    return this.#tree.choose(point, this.freeAt(point));
  }

  /** What the point offers for nothing. */
  protected abstract freeAt(point: ChoicePoint): Free;
}
