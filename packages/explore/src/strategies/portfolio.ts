import { show } from '@timeloom/loop';
import type { RunScheduler, RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { delayBoundStrategy } from './delay-bound.ts';
import { checkSeed } from './options.ts';
import { pctStrategy } from './pct.ts';
import { posStrategy } from './pos.ts';
import { randomStrategy } from './random.ts';
import { surwStrategy } from './surw.ts';
import { urwStrategy } from './urw.ts';
import { count, grouped } from './wording.ts';

/** What a portfolio is made of. */
export interface PortfolioOptions extends StrategyOptions {
  /** Default: pct, delay-bound, surw, urw, pos and random. */
  readonly members?: readonly Strategy[] | undefined;
}

/**
 * Several strategies that take turns, one run each, as in Coyote: which of them finds a bug first
 * depends on the bug, and the portfolio is never worse than the best by more than their number. A
 * strategy that has nothing left to try drops out; one that has tried everything ends the search.
 *
 * Shards and workers make the runs of members whose runs depend on each other all of them, and spread the others: of
 * the default members one in six. So the search is the same, and n machines need 1/6 + 5/(6n) of its time.
 */
export function portfolioStrategy(options: PortfolioOptions): Strategy {
  checkSeed(options);
  const { members = defaultMembers(options) } = options;
  if (!Array.isArray(members) || members.length === 0) {
    throw new TypeError(`members must be a list of at least one Strategy, got ${show(members)}`);
  }
  return new Portfolio(members);
}

function defaultMembers(options: StrategyOptions): Strategy[] {
  const makers = [pctStrategy, delayBoundStrategy, surwStrategy, urwStrategy, posStrategy, randomStrategy];
  return makers.map((make) => make(options));
}

interface Member {
  readonly strategy: Strategy;
  /** Its turns so far, whoever had them. */
  runs: number;
}

class Portfolio implements Strategy {
  readonly name = 'portfolio';
  readonly #members: readonly Member[];
  /** Those that have something left to try, the next one first. */
  readonly #queue: Member[];
  #running: Member | null = null;
  /** The number of the next run. */
  #next = 0;

  constructor(members: readonly Strategy[]) {
    this.#members = members.map((strategy) => ({ strategy, runs: 0 }));
    this.#queue = [...this.#members];
  }

  /** Runs so far that the guarantee of a member is not about. */
  get uncovered(): number {
    return this.#members.reduce((sum, { strategy }) => sum + (strategy.uncovered ?? 0), 0);
  }

  skipTo(run: number): number {
    for (let member; this.#next < run && (member = this.#queue[0]) !== undefined && canSkip(member); this.#next++) {
      member.runs++;
      this.#queue.push(this.#queue.shift()!);
    }
    return this.#next;
  }

  nextRun(): RunScheduler | null {
    for (let member; (member = this.#queue.shift()) !== undefined;) {
      const run = member.strategy.nextRun();
      if (this.#exhaustive() !== undefined) return null;
      if (run === null) continue;
      this.#queue.push(member);
      this.#running = member;
      return run;
    }
    return null;
  }

  runEnded(run: RunSummary): void {
    if (this.#running === null) return;
    this.#next++;
    this.#running.runs++;
    this.#running.strategy.runEnded(run);
    this.#running = null;
  }

  describeCoverage(runs: number, uncovered: number = this.uncovered): string {
    const all = this.#exhaustive();
    if (all !== undefined) return all.strategy.describeCoverage(all.runs);
    const parts = this.#members.map(({ strategy, runs: own }) => strategy.describeCoverage(own, uncovered));
    const made =
      runs < this.#next ? `${grouped(runs)} of ${count(this.#next, 'run')} that cover together` : count(runs, 'run');
    return `portfolio, ${made}: ${parts.join('; ')}`;
  }

  #exhaustive(): Member | undefined {
    return this.#members.find(({ strategy }) => strategy.exhausted === true);
  }
}

/** Skips one run of a member, if what follows does not depend on it. */
function canSkip({ strategy, runs }: Member): boolean {
  if (strategy.skipTo === undefined || runs < (strategy.learningRuns ?? 0)) return false;
  return strategy.skipTo(runs + 1) > runs;
}
