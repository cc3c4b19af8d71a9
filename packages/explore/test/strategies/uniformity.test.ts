import { createTask, Operation, sleep, type AsyncioEventLoop } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { execute } from '../../src/execution.ts';
import { makeStrategy } from '../../src/strategies/index.ts';
import { searchLoop, type Main } from './driver.ts';
import { search } from '../../src/model/machine.ts';
import { chiSquared, quantile } from '../../src/model/statistics.ts';
import { toy, uneven } from '../../src/model/programs.ts';

const chiSquaredOfToy = (strategy: string): number =>
  chiSquared(search(makeStrategy(strategy, { seed: 1 }), toy, 25_200), 252);

describe('Of 252 orders of two lanes with five steps', () => {
  it.each(['urw', 'surw'])('%s takes each equally often', (strategy) => {
    const statistic = chiSquaredOfToy(strategy);
    expect(statistic).toBeGreaterThan(quantile(251, -2.576));
    expect(statistic).toBeLessThan(quantile(251, 2.576));
  });

  it.each([
    ['random', 20_000],
    ['pos', 100_000],
    ['pct', 100_000],
  ])('%s does not: χ² is above %i', (strategy, bound) => {
    expect(chiSquaredOfToy(strategy)).toBeGreaterThan(bound);
  });
});

describe('That the only step of one lane comes behind 25 of another', () => {
  it('is found by URW within 1,000 runs', () => {
    const found = search(makeStrategy('urw', { seed: 0 }), uneven, 1000).filter(Boolean).length;
    // One order of 26.
    expect(found).toBeGreaterThan(25);
    expect(found).toBeLessThan(55);
  });

  it('is missed by a random walk in 10,000 runs', () => {
    expect(search(makeStrategy('random', { seed: 0 }), uneven, 10_000)).not.toContain(true);
  });
});

describe.each([
  { kind: 'three steps', wait: () => sleep(0) },
  { kind: 'two operations', wait: (loop: AsyncioEventLoop) => new Operation(loop, { label: 'io', latencyMs: null }) },
])('Of 20 orders of two tasks with $kind on the real loop', ({ wait }) => {
  const main: Main<string> = async (loop) => {
    let order = '';
    const task = (name: string) => async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        if (i > 0) await wait(loop);
        order += name;
      }
    };
    const tasks = ['a', 'b'].map((name) => loop.createTask(task(name)));
    for (const started of tasks) await started;
    return order;
  };
  const chiSquaredOfTasks = async (strategy: string): Promise<number> => {
    const runs = await searchLoop(makeStrategy(strategy, { seed: 1 }), main, 2000);
    return chiSquared(
      runs.map(({ result }) => result),
      20,
    );
  };

  it('urw takes each equally often', async () => {
    const statistic = await chiSquaredOfTasks('urw');
    expect(statistic).toBeGreaterThan(quantile(19, -2.576));
    expect(statistic).toBeLessThan(quantile(19, 2.576));
  });

  it('random does not', async () => {
    expect(await chiSquaredOfTasks('random')).toBeGreaterThan(300);
  });
});

describe('The steps with which a run is cleaned up', () => {
  /** As the tasks above; the first is then cancelled, with all of its tasks, and takes its time. */
  const main = (loop: AsyncioEventLoop, orders: string[]) => async (): Promise<void> => {
    let order = '';
    const first = loop.createFuture<void>();
    createTask(async () => {
      for (const step of [0, 1, 2]) {
        if (step > 0) await sleep(0);
        order += 'a';
      }
      first.setResult(undefined);
      try {
        await loop.createFuture();
      } finally {
        for (let i = 0; i < 50; i++) await sleep(0);
      }
    });
    const second = createTask(async () => {
      for (const step of [0, 1, 2]) {
        if (step > 0) await sleep(0);
        order += 'b';
      }
    });
    await first;
    await second;
    orders.push(order);
  };

  it.each(['urw', 'surw'])('do not count for %s', async (name) => {
    const strategy = makeStrategy(name, { seed: 1 });
    const orders: string[] = [];
    for (let i = 0; i < 2000; i++) {
      const run = strategy.nextRun()!;
      const program = ({ loop }: { loop: AsyncioEventLoop }) => main(loop, orders)();
      const { steps } = await execute(program, run, { reorder: 'free', instruments: [run] });
      strategy.runEnded({ choices: 1, steps, passed: true });
    }
    expect(chiSquared(orders, 20)).toBeLessThan(quantile(19, 2.576));
  });
});
