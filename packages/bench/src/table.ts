import Table from 'cli-table3';
import { markdownTable } from 'markdown-table';
import type { Benchmark } from './benchmark.ts';
import type { Samples } from './measure.ts';
import { ratioOf, spreadOf, type Spread } from './statistics.ts';

export type Format = 'text' | 'markdown';

const columns: Record<Benchmark['measures'], { total: string; each: string; scale: number }> = {
  time: { total: 'ms', each: 'µs', scale: 1000 },
  heap: { total: 'bytes', each: 'bytes', scale: 1 },
  processor: { total: 'ms', each: 'µs', scale: 1000 },
};

/** One benchmark at one size, a line for each variant. */
export function tableOf(benchmark: Benchmark, size: number, samples: Samples, format: Format): string {
  const { total, each, scale } = columns[benchmark.measures];
  const timed = benchmark.measures !== 'heap';
  const [base] = benchmark.variants;
  const header = [
    `N = ${size.toLocaleString('en')}`,
    ...(timed ? [`${total}, median`, 'least to most'] : []),
    `${each} per ${benchmark.operation}`,
    `ratio to ${base!.name}`,
    'least to most',
  ];
  const rows = benchmark.variants.flatMap(({ name }) => {
    const values = samples.get(name)!;
    if (values.length === 0) return [];
    const spread = spreadOf(values);
    const ratio = ratioOf(values, samples.get(base!.name)!);
    const perOperation = timed ? (spread.median / size) * scale : spread.median;
    const row = [
      name,
      ...(timed ? [digits(spread.median), reach(spread)] : []),
      digits(perOperation),
      digits(ratio.median),
      reach(ratio),
    ];
    return [row];
  });
  return printTable(header, rows, format);
}

/** A table as text; numbers are right-aligned, the first column is not. */
export function printTable(header: string[], rows: string[][], format: Format): string {
  const align = header.map((_, column): 'left' | 'right' => (column === 0 ? 'left' : 'right'));
  if (format === 'markdown') return markdownTable([header, ...rows], { align });
  const style = { head: [], border: [], compact: true };
  const table = new Table({ head: header, colAligns: align, style });
  table.push(...rows);
  return table.toString();
}

function reach({ least, most }: Spread): string {
  return `${digits(least)} to ${digits(most)}`;
}

/** Three digits that mean something, and no more. */
function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}
