import type { Program } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { execute } from '../../src/execution.ts';
import { reorderTasks, twoStageTasks } from '../../src/model/asyncio-programs.ts';
import { search } from '../../src/model/machine.ts';
import { reorder, twoStage, type Model } from '../../src/model/programs.ts';
import { makeStrategy } from '../../src/strategies/index.ts';

/** Mean number of runs to the first failing one, over 20 seeds. A search that fails counts as `cap`. */
function meanRunsToBug(strategy: string, depth: number, model: Model<boolean>, cap: number): number {
  let total = 0;
  for (let seed = 0; seed < 20; seed++) {
    const searching = makeStrategy(strategy, { seed, depth });
    let runs = 1;
    while (runs < cap && search(searching, model, 1)[0] !== true) runs++;
    total += runs;
  }
  return total / 20;
}

/** As {@link meanRunsToBug}, for tasks on the real loop. */
async function meanRunsToBugOfTasks(strategy: string, program: Program, cap: number): Promise<number> {
  let total = 0;
  for (let seed = 0; seed < 20; seed++) {
    const searching = makeStrategy(strategy, { seed });
    for (let runs = 1; ; runs++) {
      const run = searching.nextRun()!;
      let choices = 0;
      const counting = { choose: (point: Parameters<typeof run.choose>[0]) => (choices++, run.choose(point)) };
      const { outcome, steps } = await execute(program, counting, { reorder: 'free', instruments: [run] });
      searching.runEnded({ choices, steps, passed: outcome.kind === 'passed' });
      if (runs < cap && outcome.kind === 'passed') continue;
      total += runs;
      break;
    }
  }
  return total / 20;
}

// A few times what SURW needs, so that the others do not take seconds to fail. In the table of the
// paper, SURW needs 17 and 6 runs, PCT 3,225 and 159, POS 156 or more, a random walk never gets there.
describe.each([
  { name: 'reorder_10', model: reorder(10), most: 30 },
  { name: 'twostage_20', model: twoStage(20), most: 80 },
])('The bug of $name', ({ model, most }) => {
  const cap = 3 * most;

  it(`is found by SURW in less than ${most} runs`, () => {
    expect(meanRunsToBug('surw', 3, model, cap)).toBeLessThan(most);
  });

  it.each([
    ['pct', 3],
    ['pct', 10],
    ['pos', 3],
    ['random', 3],
  ])(`takes %s (depth %i) more than twice as many`, (strategy, depth) => {
    expect(meanRunsToBug(strategy, depth, model, cap)).toBeGreaterThan(2 * most);
  });
});

describe.each([
  { name: 'reorder_5', program: reorderTasks(5), cap: 100 },
  { name: 'twostage_3', program: twoStageTasks(3), cap: 60 },
])('The bug of $name in tasks that share cells', ({ program, cap }) => {
  it.each(['pos', 'surw'])('is found by %s in less than half the runs of a random walk', async (strategy) => {
    const random = await meanRunsToBugOfTasks('random', program, cap);
    expect(await meanRunsToBugOfTasks(strategy, program, cap)).toBeLessThan(random / 2);
  });
});
