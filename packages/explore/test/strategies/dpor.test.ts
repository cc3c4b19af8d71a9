import { sleep } from '@timeloom/asyncio';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dfsStrategy } from '../../src/strategies/dfs.ts';
import { dporStrategy } from '../../src/strategies/dpor.ts';
import { indexer, lastZero, readers } from '../../src/model/classes.ts';
import { searchLoop } from './driver.ts';
import { read, search, write, type Machine, type Op } from '../../src/model/machine.ts';

const options = { seed: 0, undeclared: 'independent' } as const;

/**
 * Lanes that access objects. Gives what equivalent orders have in common: for each object, who wrote it
 * in which order, and who read between two writes.
 */
const accesses = (lanes: readonly (readonly { object: number; writes: boolean }[])[]) => (machine: Machine) => {
  const histories = [0, 1, 2].map(() => machine.share([[]] as string[][]));
  for (const [lane, ops] of lanes.entries()) {
    machine.spawn(
      (function* (): Generator<Op, void> {
        for (const [number, { object, writes }] of ops.entries()) {
          const history = histories[object]!;
          yield (writes ? write : read)(history);
          if (writes) history.push([`${lane}.${number} writes`], []);
          else history.at(-1)!.push(`${lane}.${number} reads`);
        }
      })(),
    );
  }
  return () => JSON.stringify(histories.map((history) => history.map((part) => part.toSorted())));
};

/** Orders that were run to their end, and all runs. */
function explored(model: (machine: Machine) => () => unknown): { orders: number; runs: number } {
  const strategy = dporStrategy(options);
  const runs = search(strategy, model, Infinity).length;
  const [, orders, all] =
    /^exhaustive up to declared accesses: ([\d,]+) orders? up to equivalence, ([\d,]+) runs?$/.exec(
      strategy.describeCoverage(runs),
    )!;
  expect(Number(all!.replaceAll(',', ''))).toBe(runs);
  return { orders: Number(orders!.replaceAll(',', '')), runs };
}

describe('DPOR', () => {
  it.each([1, 2, 6, 10])('runs 2^N orders of N = %i readers, and no redundant one', (count) => {
    expect(explored(readers(count))).toEqual({ orders: 2 ** count, runs: 2 ** count });
  });

  it.each([2, 3, 4, 5, 8])('runs (N + 3)·2^(N-2) orders of lastzero with N = %i', (count) => {
    const { orders, runs } = explored(lastZero(count));
    expect(orders).toBe((count + 3) * 2 ** (count - 2));
    expect(runs).toBeLessThan(3 * orders);
  });

  it.each([
    [11, 1],
    [12, 8],
    [13, 64],
    [14, 512],
  ])('runs of indexer with %i threads %i orders', (threads, orders) => {
    expect(explored(indexer(threads)).orders).toBe(orders);
  });

  it('runs each class of equivalent orders once', () => {
    const op = fc.record({ object: fc.integer({ min: 0, max: 2 }), writes: fc.boolean() });
    const program = fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(program, (lanes) => {
        const expected = new Set(search(dfsStrategy(options), accesses(lanes), Infinity));
        const strategy = dporStrategy(options);
        const found = search(strategy, accesses(lanes), Infinity);
        expect(new Set(found)).toEqual(expected);
        expect(strategy.describeCoverage(found.length)).toContain(
          `exhaustive up to declared accesses: ${expected.size} order`,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('runs every order of steps that declare nothing, on the real loop', async () => {
    const main = async (loop: Parameters<Parameters<typeof searchLoop>[1]>[0]): Promise<string> => {
      let order = '';
      const task = (name: string, ms: number) => async (): Promise<void> => {
        await sleep(ms);
        order +=
          name +
          loop.choose({
            kind: 'value',
            size: 2,
            time: 0,
            labelOf: String,
            handleOf: () => undefined,
            indexOf: () => -1,
            changed: true,
          });
        await sleep(0);
        order += name;
      };
      const tasks = [loop.createTask(task('a', 5)), loop.createTask(task('b', 5))];
      loop.callSoon(() => (order += 'c'));
      for (const started of tasks) await started;
      return order;
    };
    const expected = await searchLoop(dfsStrategy(options), main);
    const found = await searchLoop(dporStrategy({ seed: 0 }), main);
    const results = (runs: typeof found): string[] => [...new Set(runs.map(({ result }) => result))].toSorted();
    expect(results(found)).toEqual(results(expected));
  });

  it('finds what could have run before the end', async () => {
    const main = async (loop: Parameters<Parameters<typeof searchLoop>[1]>[0]): Promise<boolean> => {
      let ran = false;
      await sleep(0);
      loop.callSoon(() => (ran = true));
      await sleep(0);
      return ran;
    };
    const found = await searchLoop(dporStrategy({ seed: 0 }), main);
    expect(new Set(found.map(({ result }) => result))).toEqual(new Set([false, true]));
  });

  it('refuses a loop that lets it choose within a turn only', async () => {
    const main = async (loop: Parameters<Parameters<typeof searchLoop>[1]>[0]): Promise<void> => {
      loop.callSoon(() => loop.callSoon(() => {}));
      loop.callSoon(() => {});
      await sleep(0);
      await sleep(0);
    };
    await expect(searchLoop(dporStrategy(options), main, Infinity, 'ready')).rejects.toThrow(
      "strategy 'dpor' needs reorder to be 'free'",
    );
  });
});
