import { explore } from '@timeloom/explore';
import type { ChoicePoint } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { execute } from '../../src/execution.ts';
import { lastZeroTasks, readerTasks, reorderTasks } from '../../src/model/asyncio-programs.ts';
import { makeStrategy, strategies } from '../../src/strategies/index.ts';

/** How each of 40 runs ended: `.` passed, `x` failed. */
async function searchOf(name: string): Promise<string> {
  const strategy = makeStrategy(name, { seed: 'golden' });
  let ends = '';
  while (ends.length < 40) {
    const run = strategy.nextRun();
    if (run === null) break;
    let choices = 0;
    const counting = { choose: (point: ChoicePoint) => (choices++, run.choose(point)) };
    const { outcome, steps } = await execute(reorderTasks(4), counting, { reorder: 'free', instruments: [run] });
    strategy.runEnded({ choices, steps, passed: outcome.kind === 'passed' });
    ends += outcome.kind === 'passed' ? '.' : 'x';
  }
  return ends;
}

describe('On every version of Node, the same seed', () => {
  it('gives the same search by each strategy', async () => {
    const searches: Record<string, string> = {};
    for (const name of Object.keys(strategies)) searches[name] = await searchOf(name);
    expect(searches).toMatchInlineSnapshot(`
      {
        "delay-bound": "........................................",
        "dfs": "........................................",
        "dpor": "........................................",
        "fifo": ".",
        "mutation": "......................x.................",
        "pct": "....x...................................",
        "portfolio": "........................x..x...........x",
        "pos": "...............x.........x..............",
        "preemption-bound": "........................................",
        "random": ".......x................................",
        "surw": ".......x......xx......x........x........",
        "urw": "....x.x.x........x.............x........",
      }
    `);
  });

  it('gives the same number of orders', async () => {
    const coverage = async (program: ReturnType<typeof readerTasks>): Promise<string> =>
      (await explore(program, { strategy: 'dpor', reorder: 'free' })).coverage;
    expect(await coverage(readerTasks(4))).toBe(
      'exhaustive up to declared accesses: 16 orders up to equivalence, 16 runs',
    );
    expect(await coverage(lastZeroTasks(4))).toBe(
      'exhaustive up to declared accesses: 28 orders up to equivalence, 34 runs',
    );
  });
});
