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
        "pct": ".......................................x",
        "portfolio": "...........................x...........x",
        "pos": "...............x.........x..............",
        "preemption-bound": "........................................",
        "random": ".......x................................",
        "surw": ".......x......xx......x........x........",
        "urw": "....x.x.x........x.............x........",
      }
    `);
  });

  it('divides a tree of choices alike: machines of one search may run different versions', async () => {
    const parts: Record<string, string> = {};
    for (const strategy of ['dfs', 'delay-bound', 'preemption-bound']) {
      const options = { strategy, runs: 10_000, stopAtFirst: false, reorder: 'free' } as const;
      const shards = ['1/3', '2/3', '3/3'].map((shard) => explore(readerTasks(2), { ...options, shard }));
      const segments = (await Promise.all(shards)).map(({ shard }) => shard!.tree!.segments);
      parts[strategy] = segments
        .map((own) => own.map(({ cost, strip, runs }) => [cost, strip, runs].join('/')).join(' '))
        .join(', ');
    }
    expect(parts).toMatchInlineSnapshot(`
      {
        "delay-bound": "0/0/1 1/0/2 1/5/1 2/0/1 2/5/2 2/7/1 2/13/2 2/15/1 2/19/2 2/21/1 3/5/1 3/7/2 3/11/2 3/13/1 3/15/3 3/19/2 3/21/3, 1/1/2 1/3/1 1/8/1 2/1/1 2/3/1 2/9/2 2/14/1 2/16/1 2/20/1 2/22/1 3/8/2 3/14/3 3/16/3 3/20/2 3/22/3, 1/12/1 1/18/1 2/2/2 2/4/1 2/6/2 2/10/1 2/12/2 2/18/2 3/6/1 3/12/1 3/17/3 3/18/1 3/23/3",
        "dfs": "0/0/6 0/5/3 0/7/2 0/11/6 0/13/3 0/15/2 0/19/6 0/21/3, 0/1/4 0/3/6 0/8/6 0/9/4 0/14/2 0/16/6 0/20/3 0/22/2, 0/2/4 0/4/3 0/6/2 0/10/4 0/12/3 0/17/4 0/18/4 0/23/2",
        "preemption-bound": "0/0/12 0/5/9 0/7/6 0/11/2 0/13/1 0/15/4 0/19/2 0/21/1, 0/1/9 0/3/4 0/8/3 0/9/2 0/14/6 0/16/6 0/20/3 0/22/2, 0/2/3 0/4/2 0/6/3 0/10/2 0/12/2 0/17/4 0/18/2",
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
