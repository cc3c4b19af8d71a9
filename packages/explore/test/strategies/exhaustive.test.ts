import fc from 'fast-check';
import { sleep } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { makeStrategy } from '../../src/strategies/index.ts';
import { delayBoundStrategy } from '../../src/strategies/delay-bound.ts';
import { dfsStrategy } from '../../src/strategies/dfs.ts';
import { preemptionBoundStrategy } from '../../src/strategies/preemption-bound.ts';
import { searchLoop } from './driver.ts';
import { search, Steps, type Machine } from '../../src/model/machine.ts';

/** Lanes of given lengths; gives the order of their steps. */
const lanes =
  (...lengths: number[]) =>
  (machine: Machine) => {
    let order = '';
    for (const [lane, length] of lengths.entries()) machine.spawn(new Steps(length, () => (order += lane)));
    return () => order;
  };

/** All orders of lanes of given lengths, by the plainest means: the oracle. */
function allOrders(lengths: readonly number[]): string[] {
  if (lengths.every((length) => length === 0)) return [''];
  return lengths.flatMap((length, lane) =>
    length === 0 ? [] : allOrders(lengths.with(lane, length - 1)).map((rest) => lane + rest),
  );
}

/** How often an order does not take the oldest step of those that are ready. */
function differencesFromFifo(order: string, lengths: readonly number[]): number {
  const left = [...lengths];
  const queue = lengths.map((_, lane) => lane).filter((lane) => lengths[lane]! > 0);
  let differences = 0;
  for (const lane of order) {
    const position = queue.indexOf(Number(lane));
    if (position > 0) differences++;
    queue.splice(position, 1);
    if (--left[Number(lane)]! > 0) queue.push(Number(lane));
  }
  return differences;
}

/** How often an order leaves a lane that has steps left. */
function preemptions(order: string): number {
  return order.split('').filter((lane, i) => i > 0 && order[i - 1] !== lane && order.includes(order[i - 1]!, i)).length;
}

const options = { seed: 0 };
const lengthsOfLanes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });

describe('DFS', () => {
  it('runs every order once, and ends', () => {
    fc.assert(
      fc.property(lengthsOfLanes, (lengths) => {
        const orders = search(dfsStrategy(options), lanes(...lengths), Infinity);
        expect(orders.toSorted()).toEqual(allOrders(lengths).toSorted());
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [1, 2],
    [3, 20],
    [5, 252],
    [7, 3432],
  ])('runs two lanes of %i steps in %i orders', (steps, orders) => {
    const strategy = dfsStrategy(options);
    expect(search(strategy, lanes(steps, steps), Infinity)).toHaveLength(orders);
    expect(strategy.describeCoverage(orders)).toBe(`exhaustive: ${orders === 3432 ? '3,432' : orders} orders`);
  });

  it('begins with the default order, and changes the last choice first', () => {
    expect(search(dfsStrategy(options), lanes(2, 2), 3)).toEqual(['0101', '0110', '0011']);
  });

  it('says that it is not at the end', () => {
    const strategy = dfsStrategy(options);
    search(strategy, lanes(5, 5), 100);
    expect(strategy.describeCoverage(100)).toBe('depth-first search, 100 orders of more');
  });

  it('enumerates values too', async () => {
    const point = {
      kind: 'value',
      time: 0,
      labelOf: String,
      handleOf: () => undefined,
      indexOf: () => -1,
      changed: true,
    } as const;
    const draws = await searchLoop(dfsStrategy(options), (loop) => [
      loop.choose({ ...point, size: 2 }),
      loop.choose({ ...point, size: 3 }),
    ]);
    expect(draws.map(({ result }) => result.join(''))).toEqual(['00', '01', '02', '10', '11', '12']);
  });

  it('runs every order of tasks on the real loop, across turns', async () => {
    const orders = await searchLoop(dfsStrategy(options), async (loop) => {
      let order = '';
      const task = (name: string) => async (): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          await sleep(0);
          order += name;
        }
      };
      const tasks = ['a', 'b'].map((name) => loop.createTask(task(name)));
      for (const started of tasks) await started;
      return order;
    });
    const distinct = new Set(orders.map(({ result }) => result));
    expect(distinct.size).toBe(20);
    // No order of all steps, those of the main task included, comes twice.
    expect(new Set(orders.map((run) => run.options.join())).size).toBe(orders.length);
  });

  it('refuses a program that is not deterministic, and says what differs', () => {
    const strategy = dfsStrategy(options);
    search(strategy, lanes(2, 2), 1);
    expect(() => search(strategy, lanes(2, 2, 2), 1)).toThrow(
      'not deterministic: after the same 0 choices there were 2 options in one run and 3 in the next',
    );
  });
});

describe('Delay bounding', () => {
  it('runs each order with at most d differences from FIFO once, those with fewer first', () => {
    fc.assert(
      fc.property(lengthsOfLanes, fc.integer({ min: 1, max: 4 }), (lengths, depth) => {
        const orders = search(delayBoundStrategy({ seed: 0, depth }), lanes(...lengths), Infinity);
        const differences = (order: string): number => differencesFromFifo(order, lengths);
        const expected = allOrders(lengths).filter((order) => differences(order) <= depth);
        expect(orders.toSorted()).toEqual(expected.toSorted());
        expect(orders.map(differences)).toEqual(orders.map(differences).toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('says which bound is done', () => {
    const strategy = delayBoundStrategy({ seed: 0, depth: 2 });
    search(strategy, lanes(4, 4), 1);
    expect(strategy.describeCoverage(1)).toBe('delay-bound, 1 run: some orders with 0 differences from FIFO');
    search(strategy, lanes(4, 4), 10);
    expect(strategy.describeCoverage(11)).toBe(
      'delay-bound, 11 runs: all orders with at most 1 difference from FIFO, and some with 2',
    );
    search(strategy, lanes(4, 4), Infinity);
    expect(strategy.describeCoverage(29)).toBe('delay-bound, 29 runs: all orders with at most 2 differences from FIFO');
  });

  it('notices when there is no order beyond the bound', () => {
    const strategy = delayBoundStrategy({ seed: 0, depth: Infinity });
    expect(search(strategy, lanes(4, 4), Infinity)).toHaveLength(70);
    expect(strategy.describeCoverage(70)).toBe('exhaustive: 70 orders');
  });
});

describe('Preemption bounding', () => {
  it('runs each order with at most c preemptions once, those with fewer first', () => {
    fc.assert(
      fc.property(lengthsOfLanes, fc.integer({ min: 1, max: 3 }), (lengths, depth) => {
        const orders = search(preemptionBoundStrategy({ seed: 0, depth }), lanes(...lengths), Infinity);
        const expected = allOrders(lengths).filter((order) => preemptions(order) <= depth);
        expect(orders.toSorted()).toEqual(expected.toSorted());
        expect(orders.map(preemptions)).toEqual(orders.map(preemptions).toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('begins with lanes that run to their end', () => {
    expect(search(makeStrategy('preemption-bound', options), lanes(2, 2, 2), 6)).toEqual([
      '001122',
      '002211',
      '110022',
      '112200',
      '220011',
      '221100',
    ]);
  });
});

describe.each(['dfs', 'delay-bound', 'preemption-bound', 'dpor'])('Where there are very many values, %s', (name) => {
  const point = { kind: 'value', time: 0, changed: true, labelOf: String, handleOf: () => undefined } as const;
  const draw = (size: number) => ({ ...point, size, indexOf: () => -1 });

  it('tries 16 of them, with the least and the greatest, and does not call that exhaustive', async () => {
    const strategy = makeStrategy(name, { seed: 0, depth: 3 });
    const draws = await searchLoop(strategy, (loop) => loop.choose(draw(2 ** 16)));
    const values = draws.map(({ result }) => result);
    expect(values).toEqual(Array.from({ length: 16 }, (_, i) => Math.round((i * 65_535) / 15)));
    expect(strategy.exhausted).toBe(false);
    expect(strategy.describeCoverage(16)).toMatch(
      /with 16 values of each drawn one with more than 256: not exhaustive$/,
    );
  });

  it('tries all 256 where there are no more', async () => {
    const strategy = makeStrategy(name, { seed: 0, depth: 3 });
    expect(await searchLoop(strategy, (loop) => loop.choose(draw(256)))).toHaveLength(256);
    expect(strategy.exhausted).toBe(true);
    expect(strategy.describeCoverage(256)).toMatch(/^exhaustive: /);
  });
});
