import { describe, expect, it } from 'vitest';
import { pctStrategy } from '../../src/strategies/pct.ts';
import { evenLanes, heldUp } from '../../src/model/held-up.ts';
import { search, step, Steps, type Machine, type Op } from '../../src/model/machine.ts';

/** The first run only measures, so it runs to its end. */
const measured = (depth: number, lanes: number, steps: number) => {
  const strategy = pctStrategy({ seed: 0, depth });
  search(strategy, evenLanes(lanes, steps), 1);
  return strategy;
};

const hitRate = (depth: number, lanes: number, steps: number, place: number, runs: number): number =>
  search(measured(depth, lanes, steps), heldUp(lanes, steps, place), runs).filter(Boolean).length / runs;

/** How often which of several orders is among them. */
function shares(orders: readonly string[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const order of orders) result[order] = (result[order] ?? 0) + 1 / orders.length;
  return result;
}

/** Of two lanes with three steps each. */
function sharesOfOrders(runs: number, depth?: number): Record<string, number> {
  const turns = (machine: Machine) => {
    let order = '';
    for (const name of 'ab') machine.spawn(new Steps(3, () => (order += name)));
    return () => order;
  };
  return shares(search(pctStrategy({ seed: 0, depth }), turns, runs));
}

/** All walks with the same probability: 2^5 ways of five choices, as far as there are two lanes to choose from. */
function walks(): string[] {
  return Array.from({ length: 32 }, (_, bits) => {
    let order = '';
    for (let i = 0; order.length < 6; i++) {
      const name = ((bits >> i) & 1) === 0 ? 'a' : 'b';
      order += order.split(name).length > 3 ? (name === 'a' ? 'b' : 'a') : name;
    }
    return order;
  });
}

/** The order that each ranking of the six steps gives. */
function ordersByStep(): string[] {
  return rankings(6).map((rank) => {
    let [a, b, order] = [0, 0, ''];
    while (order.length < 6) {
      const isA = b === 3 || (a < 3 && rank[a]! > rank[3 + b]!);
      order += isA ? 'a' : 'b';
      if (isA) a++;
      else b++;
    }
    return order;
  });
}

function rankings(n: number): number[][] {
  if (n === 0) return [[]];
  return rankings(n - 1).flatMap((rest) => Array.from({ length: n }, (_, place) => rest.toSpliced(place, 0, n)));
}

/** By which share a rate is off its bound. */
const deviation = (rate: number, bound: number): number => Math.abs(rate / bound - 1);

describe('PCT', () => {
  it.each([
    [2, 0.5],
    [4, 0.25],
    [8, 0.125],
  ])('of depth 1 finds what needs one of %i lanes to be last with probability %d', (n, bound) => {
    expect(deviation(hitRate(1, n, 10, 0, 20_000), bound)).toBeLessThan(0.05);
  });

  it.each([
    [2, 20, 0.025, 100_000],
    [4, 40, 0.006_25, 200_000],
    [8, 80, 0.001_562_5, 500_000],
  ])('of depth 2 meets 1/(n·k) with n = %i, k = %i', (n, k, bound, runs) => {
    expect(deviation(hitRate(2, n, k / n, 5, runs), bound)).toBeLessThan(0.05);
  });

  it('of depth 1 never finds a bug of depth 2', () => {
    expect(hitRate(1, 2, 10, 5, 10_000)).toBe(0);
  });

  it('measures n and k in its first run, which is the default order', () => {
    expect(measured(2, 4, 10).describeCoverage(241)).toBe(
      'PCT depth 2, 241 runs, n = 4, k = 40: a bug of depth ≤ 2 is missed with probability ≤ 23 %',
    );
  });

  it('raises k when a run has more choice points than any before', () => {
    const strategy = pctStrategy({ seed: 0, depth: 2 });
    for (const steps of [5, 30, 7]) {
      const model = (machine: Machine) => {
        for (let lane = 0; lane < 2; lane++) machine.spawn(new Steps(steps, () => {}));
        return () => {};
      };
      search(strategy, model, 1);
    }
    expect(strategy.describeCoverage(3)).toMatch(/n = 2, k = [345]\d:/);
  });

  describe('without a depth', () => {
    it('finds what needs more turns than depth 3 has, by chance', () => {
      expect(sharesOfOrders(2000, 3)).not.toHaveProperty('babaab');
      expect(Object.keys(sharesOfOrders(2000))).toHaveLength(20);
    });

    it('is of depth 3, of depth 2, a random walk, or has a priority for each step, equally often', () => {
      const kinds = [sharesOfOrders(40_000, 3), sharesOfOrders(40_000, 2), shares(walks()), shares(ordersByStep())];
      for (const [order, share] of Object.entries(sharesOfOrders(40_000))) {
        const expected = kinds.reduce((sum, kind) => sum + (kind[order] ?? 0) / kinds.length, 0);
        expect({ order, isAsExpected: Math.abs(share - expected) < 0.005 }).toEqual({ order, isAsExpected: true });
      }
    });
  });

  it('goes on as a random walk when a lane polls for another that it starves', () => {
    const strategy = pctStrategy({ seed: 0, depth: 2 });
    const polling = (machine: Machine) => {
      const flag = { ready: false };
      let polls = 0;
      function* poll(): Generator<Op, void> {
        for (; !flag.ready; polls++) yield step;
      }
      machine.spawn(poll());
      machine.spawn(new Steps(3, () => (flag.ready = true)));
      return () => polls;
    };
    const polls = search(strategy, polling, 40);
    expect(Math.max(...polls)).toBeGreaterThan(1000);
    expect(strategy.describeCoverage(40)).toMatch(
      /40 runs \(\d+ of them beyond n or k, and not counted\), n = 2, k = \d+:/,
    );
  });
});
