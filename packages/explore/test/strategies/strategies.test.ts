import { sleep } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { makeStrategy, strategies } from '../../src/strategies/index.ts';
import { portfolioStrategy } from '../../src/strategies/portfolio.ts';
import { dfsStrategy } from '../../src/strategies/dfs.ts';
import { fifoStrategy } from '../../src/strategies/fifo.ts';
import { randomStrategy } from '../../src/strategies/random.ts';
import { searchLoop } from './driver.ts';
import { search, Steps, type Machine } from '../../src/model/machine.ts';
import { reorder, toy } from '../../src/model/programs.ts';

const names = Object.keys(strategies);
const drawn = ['random', 'pct', 'pos', 'urw', 'surw', 'mutation', 'portfolio'];

const oneLane = (machine: Machine) => {
  machine.spawn(new Steps(5, () => {}));
  return () => true;
};

describe.each(names)('%s', (name) => {
  it('searches alike for equal seeds', () => {
    const orders = (): number[] => search(makeStrategy(name, { seed: 7 }), toy, 50);
    expect(orders()).toEqual(orders());
  });

  it('begins with the default order, or a random one', () => {
    const [first] = search(makeStrategy(name, { seed: 7 }), toy, 1);
    const expected = { random: expect.any(Number), pos: expect.any(Number), 'preemption-bound': 0b1_00000_11111 };
    expect(first).toEqual(Object.hasOwn(expected, name) ? expected[name as 'random'] : 0b1_01010_10101);
  });

  it('needs one run for a program without choices', () => {
    const strategy = makeStrategy(name, { seed: 7 });
    expect(search(strategy, oneLane, 10)).toHaveLength(1);
    if (name !== 'fifo') expect(strategy.describeCoverage(1)).toMatch(/^exhaustive: 1 order/);
  });

  it('runs tasks, timers and values of the real loop', async () => {
    const point = {
      kind: 'value',
      size: 4,
      time: 0,
      labelOf: String,
      handleOf: () => undefined,
      indexOf: () => -1,
      changed: true,
    } as const;
    const runs = await searchLoop(
      makeStrategy(name, { seed: 1 }),
      async (loop) => {
        const order: string[] = [];
        const task = (task: string) => async (): Promise<void> => {
          for (const ms of [0, 5, 0]) {
            await sleep(ms);
            order.push(`${task}${loop.choose(point)}`);
          }
        };
        const tasks = ['a', 'b', 'c'].map((label) => loop.createTask(task(label)));
        loop.callSoon(() => order.push('callback'));
        for (const started of tasks) await started;
        return order;
      },
      30,
    );
    expect(runs).toHaveLength(name === 'fifo' ? 1 : 30);
    for (const { result } of runs) expect(result).toHaveLength(10);
    expect(new Set(runs.map(({ result }) => result.join(' '))).size).toBeGreaterThan(name === 'fifo' ? 0 : 5);
  });

  it('refuses a seed that is none', () => {
    expect(() => makeStrategy(name, { seed: null as never })).toThrow(
      new TypeError('seed must be a number or a string, got null'),
    );
  });
});

describe.each(drawn)('%s', (name) => {
  it('searches differently for another seed', () => {
    const orders = (seed: number | string): number[] => search(makeStrategy(name, { seed }), toy, 50);
    expect(orders(7)).not.toEqual(orders(8));
    expect(orders('a')).not.toEqual(orders('b'));
  });
});

describe('makeStrategy', () => {
  it('names what there is', () => {
    expect(() => makeStrategy('pst', { seed: 0 })).toThrow(
      new RangeError(
        'strategy must be one of fifo, random, pct, pos, urw, surw, delay-bound, preemption-bound, dfs, dpor, ' +
          'mutation, portfolio, got "pst"',
      ),
    );
    expect(() => makeStrategy('toString', { seed: 0 })).toThrow(RangeError);
  });

  it.each([
    ['pct', 0, 'depth must be a positive whole number, got 0'],
    ['pct', Infinity, 'depth must be a positive whole number, got Infinity'],
    ['pct', 1.5, 'depth must be a positive whole number, got 1.5'],
    ['portfolio', -1, 'depth must be a positive whole number, got -1'],
    ['delay-bound', 0, 'depth must be a positive whole number or Infinity, got 0'],
    ['preemption-bound', Number.NaN, 'depth must be a positive whole number or Infinity, got NaN'],
  ])('refuses %s with a depth of %d', (name, depth, message) => {
    expect(() => makeStrategy(name, { seed: 0, depth })).toThrow(new RangeError(message));
  });

  it('refuses a depth that is no number', () => {
    expect(() => makeStrategy('pct', { seed: 0, depth: '3' as never })).toThrow(
      new TypeError('depth must be a positive whole number, got "3"'),
    );
  });
});

describe('Coverage', () => {
  it.each([
    ['fifo', 'FIFO: the default order, and no other'],
    [
      'random',
      'random walk, 300 runs: a failure in more than 1 % of such walks would have shown with probability 95 %; ' +
        'there is no bound for what needs a rare order',
    ],
    ['pct', 'PCT depth 3, 300 runs, n = 5, k = 13: a bug of depth ≤ 3 is missed with probability ≤ 92 %'],
    ['pos', 'POS, 300 runs: a failure in more than 1 % of such runs would have shown with probability 95 %'],
    [
      'urw',
      'URW, 300 runs: a failure in more than 1 % of all orders would have shown with probability 95 %, ' +
        'as far as lanes do not wait for each other',
    ],
    [
      'surw',
      'SURW over 2 shared objects, 300 runs: a failure in more than 2 % of all orders of the accesses to one of them ' +
        'would have shown with probability 95 %, as far as lanes do not wait for each other',
    ],
  ])('of %s', (name, sentence) => {
    const strategy = makeStrategy(name, { seed: 0 });
    search(strategy, reorder(4), 300);
    expect(strategy.describeCoverage(300)).toBe(sentence);
  });
});

describe('A portfolio', () => {
  it('lets its members take turns, and goes on without those that have nothing left', () => {
    const members = [fifoStrategy({ seed: 0 }), randomStrategy({ seed: 0 }), dfsStrategy({ seed: 0 })];
    const strategy = portfolioStrategy({ seed: 0, members });
    const alone = search(dfsStrategy({ seed: 0 }), toy, 4);
    const orders = search(strategy, toy, 8);
    // fifo, random, dfs, random, dfs, …
    expect([orders[2], orders[4], orders[6]]).toEqual(alone.slice(0, 3));
    expect(strategy.describeCoverage(8)).toMatch(/^portfolio, 8 runs: FIFO: .*; random walk, 4 runs: .*; depth-first/);
  });

  it('ends when one member has run every order', () => {
    const members = [randomStrategy({ seed: 0 }), dfsStrategy({ seed: 0 })];
    const strategy = portfolioStrategy({ seed: 0, members });
    const orders = search(strategy, toy, 10_000);
    expect(orders).toHaveLength(2 * 252 + 1);
    expect(strategy.describeCoverage(orders.length)).toBe('exhaustive: 252 orders');
  });

  it('refuses to be empty', () => {
    expect(() => portfolioStrategy({ seed: 0, members: [] })).toThrow(
      new TypeError('members must be a list of at least one Strategy, got an array of 0'),
    );
  });
});
