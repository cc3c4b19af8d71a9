import { LanePath } from './lanes.ts';
import type { RunScheduler, RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { DporRun, tryAt, type Node } from './dpor-run.ts';
import type { Event } from './races.ts';
import { Draws, sampledValues } from './draws.ts';
import { checkSeed, checkUndeclared } from './options.ts';
import { count } from './wording.ts';

/**
 * Dynamic partial order reduction with source sets and sleep sets: P. Abdulla, S. Aronis, B. Jonsson,
 * K. Sagonas, "Optimal dynamic partial order reduction", POPL 2014, algorithm 1.
 *
 * Orders are equivalent if they differ only in the order of steps that do not race. After each run,
 * each of its races is reversed in a later one, unless an equivalent order was run.
 *
 * Guarantee: when the search ends by itself, at least one order of each class was run, and exactly one
 * of them to its end; further runs are found to be redundant on the way.
 *
 * Needs `reorder: 'free'`, and `scope: 'race'` if the program calls race(). What a step accesses is observed while it runs: locks, queues, futures and
 * the like say so themselves, variables that are made with `shared` as well. What else user code shares
 * cannot be seen. A program that uses `shared` is taken to declare all that it shares that way; in one
 * that does not, any two steps of user code race, so this is a slow `dfs`. `undeclared` says otherwise.
 *
 * Where this deviates from the paper:
 *  - Lanes are its processes; scheduling a step orders what it orders in every run. The passing of time
 *    is a process too: it comes after all that had to be over, but operations may stay behind.
 *  - What a step accesses is known when it has run, not before: that suffices, because a lane sleeps
 *    only where it was run before.
 *  - A redundant run cannot be ended early, so it goes on in the default order.
 *  - Within a scope, what does not race is no option, and has a fixed place among what does. The places are
 *    an object: a step that does not race, or runs while such a step is ready, or schedules one, writes it, and
 *    one that schedules something else reads it. A step that does not race can be passed only by giving
 *    its predecessors other turns, which is no reversal of a race; so wherever one is ready, all options are tried.
 *  - Values and durations are a function of the lane and of how many it drew before; all such
 *    functions are tried, each with a search of its own. Of many values, some are tried (see Draws).
 */
export function dporStrategy(options: StrategyOptions): Strategy {
  checkSeed(options);
  return new Dpor(checkUndeclared(options));
}

class Dpor implements Strategy {
  readonly name = 'dpor';
  readonly whyWhole =
    'what it has to try follows from the races of all runs before, and parts that do not know of them would make most ' +
    "runs again; use 'preemption-bound' or 'dfs', or 'dpor' in one piece";
  readonly #paths = { root: new LanePath(null, 0), time: new LanePath(null, 0) };
  readonly #nodes: Node[] = [];
  /** Nodes below it belong to earlier runs. */
  #start = 0;
  readonly #draws = new Draws();
  /** Whether user code accesses only what it declares; null until the first run shows it. */
  #declaresAll: boolean | null;
  #run: DporRun | null = null;
  /** Of the last run. */
  #events: readonly Event[] = [];
  #redundant = 0;
  #runs = 0;
  #ended = false;

  constructor(undeclared: StrategyOptions['undeclared']) {
    this.#declaresAll = undeclared === undefined ? null : undeclared === 'independent';
  }

  /** True once all orders were run, as far as they are told apart. */
  get exhausted(): boolean {
    return this.#ended && !this.#draws.sampled;
  }

  nextRun(): RunScheduler | null {
    if (this.#runs > 0 && !this.#backtrack() && !this.#redraw()) {
      this.#ended = true;
      return null;
    }
    this.#run = new DporRun(this.#paths, this.#nodes, this.#draws.startRun(), this.#declaresAll === true);
    return this.#run;
  }

  runEnded({ steps }: RunSummary): void {
    this.#runs++;
    const run = this.#run!;
    this.#declaresAll ??= run.sharesDeclared;
    const begunAlike = this.#events.slice(0, this.#start);
    const { isFree, isRedundant, detector } = run.end(steps, this.#declaresAll, begunAlike);
    this.#events = detector.events;
    if (run.isNarrowedLate) throw new RangeError("strategy 'dpor' needs scope: 'race' where the program calls race()");
    if (!isFree) throw new RangeError("strategy 'dpor' needs reorder to be 'free'");
    if (isRedundant) this.#redundant++;
    for (let second = this.#start; second < detector.events.length; second++) {
      for (const first of detector.events[second]!.races) {
        if (first >= this.#nodes.length) continue;
        const node = this.#nodes[first]!;
        const initials = detector.initials(first, second);
        if (!initials.some((lane) => node.backtrack.has(lane))) tryAt(node, initials[0]!);
      }
    }
  }

  /** Turns to the last place at which something is left to try; false if there is none. */
  #backtrack(): boolean {
    for (let node; (node = this.#nodes.at(-1)) !== undefined; this.#nodes.pop()) {
      const { sleep, backtrack, ran } = node;
      sleep.set(node.lane, ran);
      const next = [...backtrack].find((lane) => !sleep.has(lane));
      if (next === undefined) continue;
      node.lane = next;
      node.ran = null;
      this.#start = this.#nodes.length - 1;
      return true;
    }
    return false;
  }

  #redraw(): boolean {
    this.#start = 0;
    return this.#draws.next();
  }

  describeCoverage(runs: number): string {
    const classes = `${count(this.#runs - this.#redundant, 'order')} up to equivalence`;
    const upTo = this.#declaresAll === true ? ' up to declared accesses' : '';
    if (this.exhausted) return `exhaustive${upTo}: ${classes}, ${count(runs, 'run')}`;
    const end = this.#ended ? `; all, with ${sampledValues}: not exhaustive` : '';
    return `DPOR${upTo}, ${count(runs, 'run')}: ${classes}${end}`;
  }
}
