import type { Budget, Ended } from '../budget.ts';
import { conclude } from '../conclusion.ts';
import type { Exploration } from '../exploration.ts';
import { strategyOf, type Plan } from '../plan.ts';
import type { ExhaustiveStrategy } from '../strategies/exhaustive.ts';
import type { Lead } from '../strategies/fork.ts';
import { examine, grouped, repeatFirst } from './closing-tasks.ts';
import type { FailingRun, StartedRun, Workers } from './protocol.ts';
import { watchBudget } from './watch-budget.ts';
import { WorkerError } from './worker-error.ts';

/** Most runs that a worker makes before it is asked for more. */
const mostAtOnce = 64;

/** How many runs to look ahead, for each worker. */
const horizonOfWorker = 1024;

/**
 * A search of a tree of choices, spread over workers. Which runs there are is known only from those before
 * them, but of most runs long before their turn: each run shows where others branch off, and all of these
 * will be made. So workers make runs that are next, as far as is known, and the search takes their results
 * in its own order. What it does not come to does not count. So the result is that of the search in one piece,
 * whatever the number of workers and their speed.
 */
export class TreeExploration {
  readonly #plan: Plan;
  readonly #workers: Workers;
  readonly #budget: Budget;
  readonly #onRun: (runs: number) => void;
  readonly #strategy: ExhaustiveStrategy;
  /** What became of runs whose turn is yet to come. */
  readonly #made = new Map<Lead, StartedRun | WorkerError>();
  readonly #failing: FailingRun[] = [];
  /** 0 once no run is to be begun any more. Shared with the workers. */
  readonly #mayRun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #runs = 0;
  #ended: Ended | WorkerError | null = null;
  #abandoned = false;
  /** Workers that wait for something to do. */
  #idle: (() => void)[] = [];

  constructor(plan: Plan, workers: Workers, budget: Budget, onRun: (runs: number) => void = () => {}) {
    this.#plan = plan;
    this.#workers = workers;
    this.#budget = budget;
    this.#onRun = onRun;
    this.#strategy = strategyOf(plan) as ExhaustiveStrategy;
    Atomics.store(this.#mayRun, 0, 1);
  }

  /** @throws WorkerError if a worker cannot go on, and the search did not end before that run. */
  async explore(): Promise<Exploration> {
    const abandon = (): void => {
      this.#abandoned = true;
      this.#workers.abandon();
    };
    const stopWatching = watchBudget(this.#budget, () => this.#end(this.#budget.spent()!), abandon);
    try {
      if (this.#budget.spent() !== null) this.#end(this.#budget.spent()!);
      await Promise.all(Array.from({ length: this.#workers.size }, () => this.#work()));
    } finally {
      stopWatching();
    }
    const ended = this.#ended!;
    if (!(ended instanceof WorkerError)) return await this.#conclude(ended);
    const exploration = await this.#conclude('aborted').catch(() => null);
    throw new WorkerError(ended.reason, ended.run, exploration, ended.cause);
  }

  async #work(): Promise<void> {
    for (let first = true; this.#ended === null; first = false) {
      const leads = this.#begin();
      // All load the program at once, though there is one run to begin with.
      if (leads.length === 0 && !first) await new Promise<void>((resolve) => this.#idle.push(resolve));
      else await this.#make(leads);
    }
  }

  #begin(): Lead[] {
    const left = this.#plan.share.count - this.#runs;
    const { size } = this.#workers;
    // So that all have something to do at the end.
    const most = Math.min(mostAtOnce, Math.ceil(left / (4 * size)));
    return this.#strategy.tree.begin(most, Math.min(left, horizonOfWorker * size));
  }

  async #make(leads: readonly Lead[]): Promise<void> {
    try {
      const starts = leads.map(({ start: { options, sizes } }) => ({ options, sizes: sizes.slice(0, options.length) }));
      const made = await this.#workers.run<'started'>({ kind: 'started', starts, mayRun: this.#mayRun });
      for (const [index, run] of made.entries()) this.#learn(leads[index]!, run);
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      if (this.#abandoned) return;
      this.#lose(leads, error);
    }
    this.#takeInOrder();
    for (const wake of this.#idle.splice(0)) wake();
  }

  #learn(lead: Lead, run: StartedRun): void {
    lead.branch = run.branch;
    this.#made.set(lead, run);
  }

  /** A worker could not go on in one of some runs: the others are to be made by another. */
  #lose(leads: readonly Lead[], error: WorkerError): void {
    if (error.run === null) this.#end(error);
    for (const [index, lead] of leads.entries()) {
      if (index + 1 === error.run) this.#made.set(lead, error);
      else lead.isBegun = false;
    }
  }

  #takeInOrder(): void {
    const { tree } = this.#strategy;
    const before = this.#runs;
    while (this.#ended === null) {
      if (this.#runs === this.#plan.share.count) return this.#end('runs');
      const lead = tree.next();
      if (lead === null) return this.#end('exhausted');
      const made = this.#made.get(lead);
      if (made === undefined) break;
      this.#made.delete(lead);
      this.#take(lead, made);
    }
    if (this.#runs > before) this.#onRun(this.#runs);
  }

  #take(lead: Lead, made: StartedRun | WorkerError): void {
    if (made instanceof WorkerError) return this.#end(new WorkerError(made.reason, this.#runs + 1, null, made.cause));
    const { tree } = this.#strategy;
    const isOwn = tree.owns(lead);
    tree.ended(made.branch);
    if (!isOwn) return;
    const number = this.#runs++;
    if (made.failing === null) return;
    this.#failing.push({ ...made.failing, number, count: 1 });
    if (this.#plan.stopAtFirst) this.#end('failure');
  }

  #end(ended: Ended | WorkerError): void {
    this.#ended ??= ended;
    Atomics.store(this.#mayRun, 0, 0);
    for (const wake of this.#idle.splice(0)) wake();
  }

  async #conclude(ended: Ended): Promise<Exploration> {
    const plan = this.#plan;
    const runs = this.#runs;
    const nondeterminism = await repeatFirst(this.#workers, plan, () => this.#abandoned);
    const failures = await examine(this.#workers, grouped(this.#failing));
    const coverage = this.#strategy.describeCoverage(runs);
    const coverageOfAll = this.#strategy.describeCoverage(plan.runs);
    const tree = this.#strategy.part;
    return conclude(plan, {
      runs,
      uncovered: 0,
      failures,
      ended,
      nondeterminism,
      coverage,
      coverageOfAll,
      tree,
    });
  }
}
