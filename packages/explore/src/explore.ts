import { show } from '@timeloom/loop';
import { Budget, type BudgetOptions, type Ended } from './budget.ts';
import { conclude } from './conclusion.ts';
import type { Program, ProgramSource } from './execution.ts';
import type { Exploration } from './exploration.ts';
import { Failures, type ShrinkOptions } from './failures.ts';
import { OrderCount, type SearchProgress } from './order-count.ts';
import { planOf, strategyOf, type Plan, type PlanOptions } from './plan.ts';
import { isProgram, isProgramModule, loadProgram, urlOf, type ProgramModule } from './program-module.ts';
import { Search, type SearchRun } from './search.ts';
import { ExhaustiveStrategy } from './strategies/exhaustive.ts';
import { workersOf, type WorkersOptions } from './workers/options.ts';

export interface ExploreOptions extends PlanOptions, BudgetOptions, ShrinkOptions {
  /**
   * How many threads make the runs; default 1, this one. The result is the same for any number, unless
   * time ends the search. Needs the program as a module, and a strategy whose runs can be made apart from each other.
   */
  readonly workers?: number | WorkersOptions | undefined;
  /**
   * Called with the number of runs so far: after each, and with what they came by; or with workers after
   * each block of runs, without that.
   */
  readonly onRun?: ((runs: number, progress?: SearchProgress) => void) | undefined;
}

/**
 * Runs a program in many orders and looks for one in which it fails.
 *
 * @throws TypeError, RangeError for bad options, naming them; WorkerError if a worker cannot go on. What
 * the program does wrong is in the result.
 */
export async function explore(
  program: Program | ProgramSource | ProgramModule,
  options: ExploreOptions = {},
): Promise<Exploration> {
  checkProgram(program);
  const plan = planOf(options);
  const budget = new Budget(options);
  const workers = workersOf(options.workers);
  if (workers !== null) {
    // Only here: what makes threads is Node's own, and takes its time to load.
    const { exploreInWorkers } = await import('./workers/explore-in-workers.ts');
    return await exploreInWorkers(program, plan, budget, workers, options);
  }
  return await exploreHere(isProgramModule(program) ? await loadProgram(program) : program, plan, budget, options);
}

async function exploreHere(
  program: Program | ProgramSource,
  plan: Plan,
  budget: Budget,
  options: ExploreOptions,
): Promise<Exploration> {
  const strategy = strategyOf(plan);
  const failures = new Failures(program, plan.execution, options);
  let runs = 0;
  let uncovered = 0;
  const { onRun } = options;
  const orders = onRun === undefined ? null : new OrderCount();
  const learned = (run: SearchRun): Ended | null => {
    orders?.add(run.tape);
    onRun?.(runs, { orders: orders?.orders ?? 0, failures: failures.size });
    return plan.stopAtFirst && failures.size > 0 ? 'failure' : null;
  };
  const runEnded = (run: SearchRun): Ended | null | Promise<Ended | null> => {
    runs++;
    if (!run.covered) uncovered++;
    if (run.outcome.kind === 'passed') return learned(run);
    return failures.learn(run.outcome, run.tape, run.number + 1).then(() => learned(run));
  };
  const search = new Search(program, strategy, plan.execution, plan.nondeterminism !== 'ignore');
  const visitor = { mayRun: () => budget.spent(), runEnded };
  const ended = await search.makeRuns(plan.share, visitor);
  const nondeterminism = await search.repeatFirst();
  const coverage = strategy.describeCoverage(runs, uncovered);
  const tree = strategy instanceof ExhaustiveStrategy ? strategy.part : null;
  if (plan.shard !== null && ended === 'runs') await search.goTo(plan.runs);
  const coverageOfAll = strategy.describeCoverage(plan.runs, 0);
  return conclude(plan, {
    runs,
    uncovered,
    failures: failures.all(),
    ended,
    nondeterminism,
    coverage,
    coverageOfAll,
    tree,
  });
}

function checkProgram(program: unknown): void {
  if (isProgram(program)) return;
  if (isProgramModule(program)) urlOf(program);
  else throw new TypeError(`explore() expects a function, an object with load(), or a module, got ${show(program)}`);
}

export type { Exploration } from './exploration.ts';
