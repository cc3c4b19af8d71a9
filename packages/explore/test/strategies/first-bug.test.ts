import { describe, expect, it } from 'vitest';
import { makeStrategy } from '../../src/strategies/index.ts';
import { search, type Machine } from '../../src/model/machine.ts';
import { reorder, twoStage } from '../../src/model/programs.ts';

type Model = (machine: Machine) => () => boolean;

/** Mean number of runs to the first failing one, over 20 seeds. A search that fails counts as `cap`. */
function meanRunsToBug(strategy: string, depth: number, model: Model, cap: number): number {
  let total = 0;
  for (let seed = 0; seed < 20; seed++) {
    const searching = makeStrategy(strategy, { seed, depth });
    let runs = 1;
    while (runs < cap && search(searching, model, 1)[0] !== true) runs++;
    total += runs;
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
