import type { RunScheduler, Strategy } from '../strategy.ts';
import type { Branch, Start, TreeRun } from '../strategies/branch.ts';
import type { ExhaustiveStrategy } from '../strategies/exhaustive.ts';

/** Makes the runs of an exhaustive strategy whose starts it is given, and leaves the search to whoever gives them. */
export class StartedRuns implements Strategy {
  readonly name: string;
  readonly #strategy: ExhaustiveStrategy;
  #starts: readonly Start[] = [];
  #next = 0;
  #run: TreeRun | null = null;

  constructor(strategy: ExhaustiveStrategy) {
    this.name = strategy.name;
    this.#strategy = strategy;
  }

  /** The runs to make from now on. */
  give(starts: readonly Start[]): void {
    this.#starts = starts;
    this.#next = 0;
  }

  nextRun(): RunScheduler | null {
    const start = this.#starts[this.#next++];
    return (this.#run = start === undefined ? null : this.#strategy.startRun(start));
  }

  /** What the last run came by. */
  get branch(): Branch {
    return this.#run!.branch;
  }

  runEnded(): void {}

  describeCoverage(runs: number): string {
    return this.#strategy.describeCoverage(runs);
  }
}
