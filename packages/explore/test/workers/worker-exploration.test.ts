import { explore, toPlain, type Exploration } from '@timeloom/explore';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget.ts';
import { planOf, type PlanOptions } from '../../src/plan.ts';
import { explorationIn } from '../../src/workers/explore-in-workers.ts';
import { LocalWorkers } from './local-workers.ts';

const module = new URL('programs.ts', import.meta.url).href;

/** What a search in workers finds, whose tasks begin and end in the order that `scheduler` draws. */
async function inWorkers(
  name: string,
  size: number,
  options: PlanOptions,
  scheduler: fc.Scheduler,
): Promise<Exploration> {
  const plan = planOf(options);
  const search = {
    program: { module, export: name },
    plan: { ...plan, strategy: String(plan.strategy) },
    shrinking: {},
  };
  const workers = new LocalWorkers(search, size, (label) => scheduler.schedule(Promise.resolve(), label));
  const exploration = explorationIn(workers, plan, new Budget({})).explore();
  return await scheduler.waitFor(exploration);
}

/** As data, without the stacks of errors, which say who called. */
function dataOf(exploration: Exploration): unknown {
  return JSON.parse(
    JSON.stringify(toPlain(exploration), (key, value: unknown) => (key === 'stack' ? undefined : value)),
  );
}

const searches = fc.record({
  seed: fc.integer(),
  strategy: fc.constantFrom(
    'random',
    'pct',
    'pos',
    'urw',
    'surw',
    'dfs',
    'delay-bound',
    'preemption-bound',
    'portfolio',
  ),
  runs: fc.integer({ min: 1, max: 400 }),
  stopAtFirst: fc.boolean(),
  shard: fc.constantFrom(undefined, '1/1', '1/3', '2/3', '3/3'),
});

describe('A search in workers', () => {
  it.each(['program', 'safe', 'twoBugs', 'source', 'oneOrder', 'manyOrders'])(
    'finds in %s what the search in one piece finds, however many workers there are and whoever is first',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(searches, fc.integer({ min: 1, max: 5 }), fc.scheduler(), async (options, size, scheduler) => {
          const whole = await explore({ module, export: name }, options);
          expect(dataOf(await inWorkers(name, size, options, scheduler))).toEqual(dataOf(whole));
        }),
        { numRuns: 20 },
      );
    },
  );

  const withoutPause = (name: string, options: PlanOptions, budget: Budget, onRun?: (runs: number) => unknown) => {
    const plan = planOf(options);
    const strategy = String(plan.strategy);
    const search = { program: { module, export: name }, plan: { ...plan, strategy }, shrinking: {} };
    return explorationIn(new LocalWorkers(search, 2, async () => {}), plan, budget, onRun).explore();
  };

  it('whose last run of its shard fails knows no more than the search in one piece, which stops there', async () => {
    const options = { seed: 0, strategy: 'portfolio', runs: 9, shard: '2/3' };
    const whole = await explore({ module, export: 'twoBugs' }, options);
    // Otherwise this is no such search.
    expect({ ended: whole.ended, runs: whole.runs }).toEqual({ ended: 'failure', runs: 3 });
    expect(dataOf(await withoutPause('twoBugs', options, new Budget({})))).toEqual(dataOf(whole));
  });

  it('gives what it found so far when it is aborted', async () => {
    const controller = new AbortController();
    const options = { runs: 2000, stopAtFirst: false };
    const budget = new Budget({ signal: controller.signal });
    const { ended, runs, failures, coverage } = await withoutPause('twoBugs', options, budget, () =>
      controller.abort(),
    );
    expect(ended).toBe('aborted');
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(2000);
    expect(coverage).toContain(`${runs} runs`);
    const whole = await explore({ module, export: 'twoBugs' }, { ...options, runs });
    expect(failures.map(({ key, token }) => [key, token])).toEqual(
      whole.failures.map(({ key, token }) => [key, token]),
    );
  });

  it('of a tree of choices, too, gives what it found so far when it is aborted', async () => {
    const controller = new AbortController();
    const options = { strategy: 'dfs', runs: 20_000, stopAtFirst: false };
    const budget = new Budget({ signal: controller.signal });
    const found = await withoutPause('manyOrders', options, budget, (runs) => runs > 1000 && controller.abort());
    expect(found.ended).toBe('aborted');
    expect(found.runs).toBeGreaterThan(1000);
    const whole = await explore({ module, export: 'manyOrders' }, { ...options, runs: found.runs });
    expect(dataOf({ ...found, ended: 'runs' })).toEqual(dataOf(whole));
  });

  it('ends when its time is over', { tags: 'real-time' }, async () => {
    const { ended, runs, passed } = await withoutPause('safe', { runs: Infinity }, new Budget({ maxTimeMs: 100 }));
    expect({ ended, passed }).toEqual({ ended: 'time', passed: true });
    expect(runs).toBeGreaterThan(0);
  });

  it('makes no run if it was aborted before', async () => {
    const exploration = await withoutPause('program', {}, new Budget({ signal: AbortSignal.abort() }));
    expect(exploration).toMatchObject({ ended: 'aborted', runs: 0, failures: [], passed: true });
  });
});
