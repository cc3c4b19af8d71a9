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

  it('without a depth finds what needs more turns than depth 3 has, by chance', () => {
    const pingPong = (machine: Machine) => {
      let order = '';
      for (const name of 'ab') machine.spawn(new Steps(3, () => (order += name)));
      return () => order;
    };
    const orders = (depth?: number): Set<string> => {
      const strategy = pctStrategy({ seed: 0, depth });
      return new Set(search(strategy, pingPong, 2000));
    };
    expect(orders(3)).not.toContain('babaab');
    expect(orders().size).toBe(20);
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
