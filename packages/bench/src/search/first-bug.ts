import { makeStrategy } from '@timeloom/explore';
import { bluetooth, lazy, reorder, search, twoStage, type Model } from '@timeloom/explore/model';
import type { Section } from './section.ts';

const trials = 20;
const cap = 500;

/** Name, depth, and what the table of the paper calls it. */
const strategies = [
  { name: 'surw', depth: 3 },
  { name: 'pct', depth: 3 },
  { name: 'pct', depth: 10 },
  { name: 'pos', depth: 3 },
  { name: 'random', depth: 3 },
  { name: 'urw', depth: 3 },
  { name: 'mutation', depth: 3 },
];

/**
 * Programs of SCTBench, with the means of the SURW paper (Zhao et al., ASPLOS 2025) in the order of the
 * strategies above: `*` not found in all trials, `-` in none, within 10,000 runs.
 */
const programs: readonly (readonly [name: string, model: Model<boolean>, paper: string])[] = [
  ['lazy01', lazy, '2 5 5 5 21 4'],
  ['bluetooth_driver', bluetooth, '70 112 83 36 215 1,494*'],
  ['reorder_3', reorder(3), '7 185 148 86 - 24'],
  ['reorder_5', reorder(5), '10 647 1,094 2,169 - 27'],
  ['reorder_10', reorder(10), '17 3,225* 4,462* - - 74'],
  ['reorder_20', reorder(20), '6 3,005 3,297* - - 10'],
  ['twostage', twoStage(2), '8 13 9 15 464 9'],
  ['twostage_20', twoStage(20), '6 159 101 156 - 24'],
];

interface Found {
  readonly mean: number;
  /** In how many trials. */
  readonly times: number;
}

/** How many runs strategies need to the first failing one. */
export function firstBug(): Section {
  const found = programs.map(([name, model, paper]) => ({
    name,
    paper: paper.split(' '),
    cells: strategies.map(({ name: strategy, depth }) => runsToBug(strategy, depth, model)),
  }));
  const least = (name: string): boolean => {
    const { cells } = found.find((one) => one.name === name)!;
    const means = cells.map(({ mean }) => mean);
    // Mutation is none of the paper's.
    return Math.min(...means.slice(0, 6)) === means[0];
  };
  return {
    title: `Mean runs to the first failing one, ${trials} trials (in brackets: the paper)`,
    header: ['program', ...strategies.map(({ name, depth }) => (name === 'pct' ? `pct-${depth}` : name))],
    rows: found.map(({ name, paper, cells }) =>
      [name].concat(cells.map((cell, i) => (paper[i] === undefined ? shown(cell) : `${shown(cell)} (${paper[i]})`))),
    ),
    notes: [
      `*: not in all trials; -: in none. Here a trial ends after ${cap} runs, and counts as that many; in the paper after 10,000.`,
      'Most of ours begin with FIFO, in which lazy01 fails.',
      'Our ports have one step for each operation on shared state, theirs more: orders of magnitude compare, figures do not.',
    ],
    claims: ['reorder_10', 'twostage_20'].map((name) => ({
      text: `surw is ahead of pct, pos, random and urw on ${name}`,
      holds: least(name),
    })),
  };
}

function runsToBug(strategy: string, depth: number, model: Model<boolean>): Found {
  let total = 0;
  let times = 0;
  for (let seed = 0; seed < trials; seed++) {
    const searching = makeStrategy(strategy, { seed, depth });
    let found = false;
    let runs = 0;
    while (!found && runs < cap) {
      found = search(searching, model, 1)[0] === true;
      runs++;
    }
    total += runs;
    if (found) times++;
  }
  return { mean: total / trials, times };
}

function shown({ mean, times }: Found): string {
  if (times === 0) return '-';
  return `${mean < 10 ? mean.toFixed(1) : Math.round(mean)}${times < trials ? '*' : ''}`;
}
