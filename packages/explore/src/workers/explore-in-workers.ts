import { show } from '@timeloom/loop';
import type { Budget, BudgetOptions } from '../budget.ts';
import type { Exploration } from '../exploration.ts';
import type { ShrinkOptions } from '../failures.ts';
import { checkSplit, strategyOf, type Plan } from '../plan.ts';
import { isProgramModule, urlOf } from '../program-module.ts';
import { ExhaustiveStrategy } from '../strategies/exhaustive.ts';
import { TreeExploration } from './tree-exploration.ts';
import { WorkerExploration } from './worker-exploration.ts';
import type { PoolOptions } from './options.ts';
import type { Workers, WorkerSearch } from './protocol.ts';
import { WorkerPool } from './worker-pool.ts';

export interface InWorkersOptions extends ShrinkOptions, BudgetOptions {
  readonly onRun?: ((runs: number) => void) | undefined;
}

/**
 * As explore(), in threads.
 *
 * @throws TypeError, RangeError for what cannot be sent to a thread, or split; WorkerError if a thread
 * cannot go on.
 */
export async function exploreInWorkers(
  program: unknown,
  plan: Plan,
  budget: Budget,
  workers: PoolOptions,
  { onRun, shrinkRuns, shrinkToAny, maxTimeMs }: InWorkersOptions,
): Promise<Exploration> {
  const pool = new WorkerPool(searchOf(program, plan, { shrinkRuns, shrinkToAny, maxTimeMs }), workers);
  try {
    return await explorationIn(pool, plan, budget, onRun).explore();
  } finally {
    await pool.close();
  }
}

/** A search spread over workers. */
export function explorationIn(
  workers: Workers,
  plan: Plan,
  budget: Budget,
  onRun?: (runs: number) => void,
): TreeExploration | WorkerExploration {
  const Spread = strategyOf(plan) instanceof ExhaustiveStrategy ? TreeExploration : WorkerExploration;
  return new Spread(plan, workers, budget, onRun);
}

function searchOf(program: unknown, plan: Plan, shrinking: WorkerSearch['shrinking']): WorkerSearch {
  if (!isProgramModule(program)) {
    throw new TypeError(
      'workers need the program as a module, because a function cannot be sent to a thread: ' +
        `{ module: new URL('./program.ts', import.meta.url), export: 'program' }; got ${show(program)}`,
    );
  }
  const { strategy, execution } = plan;
  if (typeof strategy !== 'string') {
    throw new TypeError(`strategy must be a name where there are workers, got ${show(strategy)}`);
  }
  if (execution.prepare !== undefined) {
    throw new TypeError(
      'prepare is a function, and cannot be sent to workers: have the module export { load, prepare }',
    );
  }
  checkSplit('workers', strategyOf(plan));
  const { export: name } = program;
  const sent = { module: urlOf(program), ...(name !== undefined && { export: name }) };
  return { program: sent, plan: { ...plan, strategy }, shrinking };
}
