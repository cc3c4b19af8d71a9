import { makeStrategy } from '@timeloom/explore';
import { chiSquared, quantile, search, toy } from '@timeloom/explore/model';
import { figure, type Section } from './section.ts';

const possible = 252;
const runs = 25_200;

/** Of the strategies, χ² in the repository of the SURW paper, where that has it. */
const strategies: readonly (readonly [name: string, paper: number | null])[] = [
  ['random', 24_498],
  ['pct', 110_652],
  ['pos', null],
  ['mutation', null],
  ['urw', 251],
  ['surw', null],
];

/** How evenly the 252 orders of two lanes with five steps are drawn. */
export function uniformity(): Section {
  const band = [quantile(possible - 1, -2.576), quantile(possible - 1, 2.576)] as const;
  const measured = strategies.map(([name, paper]) => {
    const results = search(makeStrategy(name, { seed: 1 }), toy, runs);
    const counts = [...countsOf(results).values()];
    const statistic = chiSquared(results, possible);
    const isUniform = statistic > band[0] && statistic < band[1];
    return { name, paper, statistic, counts, isUniform };
  });
  const isUniform = (name: string): boolean => measured.find((one) => one.name === name)!.isUniform;
  return {
    title: `${runs.toLocaleString('en')} runs of two lanes with five steps each, of ${possible} orders`,
    header: ['strategy', 'orders seen', 'least', 'most', 'entropy, bits', 'χ²', 'χ² of the paper'],
    rows: measured.map(({ name, paper, statistic, counts }) => [
      name,
      figure(counts.length),
      counts.length < possible ? '0' : figure(Math.min(...counts)),
      figure(Math.max(...counts)),
      entropyOf(counts).toFixed(2),
      figure(Math.round(statistic)),
      paper === null ? '' : figure(paper),
    ]),
    notes: [`Uniform is a χ² from ${band[0].toFixed(0)} to ${band[1].toFixed(0)} (99 %), and an entropy of 7.98 bits.`],
    claims: [
      { text: 'urw takes all orders equally often', holds: isUniform('urw') },
      { text: 'surw takes all orders equally often where nothing is shared', holds: isUniform('surw') },
      { text: 'random does not', holds: !isUniform('random') },
    ],
  };
}

function countsOf(results: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  return counts;
}

function entropyOf(counts: readonly number[]): number {
  return -counts.reduce((sum, count) => sum + (count / runs) * Math.log2(count / runs), 0);
}
