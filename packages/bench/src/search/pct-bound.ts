import { makeStrategy } from '@timeloom/explore';
import { evenLanes, heldUp, search } from '@timeloom/explore/model';
import { figure, type Section } from './section.ts';

/** Depth, lanes, choice points, runs, and what a prototype measured. */
const cases = [
  { d: 1, n: 2, k: 20, runs: 40_000, prototype: 0.498 },
  { d: 1, n: 4, k: 40, runs: 40_000, prototype: 0.247 },
  { d: 1, n: 8, k: 80, runs: 40_000, prototype: 0.124 },
  { d: 2, n: 2, k: 20, runs: 100_000, prototype: 0.024_75 },
  { d: 2, n: 4, k: 40, runs: 200_000, prototype: 0.0063 },
  { d: 2, n: 8, k: 80, runs: 500_000, prototype: 0.001_52 },
];

const mostDeviation = 0.05;

/** PCT finds a bug of depth d with probability 1/(n·k^(d - 1)), where that bound is tight. */
export function pctBound(): Section {
  const measured = cases.map(({ d, n, k, runs, prototype }) => {
    const bound = 1 / (n * k ** (d - 1));
    const rate = hitRate(d, n, k / n, runs);
    return { d, n, k, runs, prototype, bound, rate, deviation: rate / bound - 1 };
  });
  return {
    title: 'PCT: how often a run finds a bug for which the bound 1/(n·k^(d-1)) is tight',
    header: ['d', 'n', 'k', 'runs', 'bound', 'prototype', 'found', 'off by'],
    rows: measured.map(({ d, n, k, runs, bound, prototype, rate, deviation }) => [
      ...[d, n, k, runs, bound, prototype, rate].map(figure),
      `${(100 * deviation).toFixed(1)} %`,
    ]),
    notes: [
      'A bug of depth d: the last of n lanes has to be last (d = 1), or first and then held up at one place (d = 2).',
    ],
    claims: measured.map(({ d, n, k, deviation }) => ({
      text: `PCT, d = ${d}, n = ${n}, k = ${k}: within 5 % of the bound`,
      holds: Math.abs(deviation) <= mostDeviation,
    })),
  };
}

function hitRate(depth: number, lanes: number, steps: number, runs: number): number {
  const strategy = makeStrategy('pct', { seed: 0, depth });
  // The first run measures n and k, so it has to go to its end.
  search(strategy, evenLanes(lanes, steps), 1);
  const place = depth === 1 ? 0 : steps >> 1;
  return search(strategy, heldUp(lanes, steps, place), runs).filter(Boolean).length / runs;
}
