import type { Benchmark, Criterion } from './benchmark.ts';
import type { Samples } from './measure.ts';
import { ratioOf } from './statistics.ts';

/** What became of the criteria of a benchmark at one size: a line each. */
export function judge(benchmark: Benchmark, size: number, samples: Samples): string[] {
  return benchmark.criteria
    .filter((criterion) => criterion.sizes.includes(size))
    .map((criterion) => judgeOne(criterion, `${benchmark.name}, N = ${size.toLocaleString('en')}`, samples));
}

function judgeOne(criterion: Criterion, where: string, samples: Samples): string {
  const { of, to, atMost = Infinity, atLeast = 0 } = criterion;
  const { median, least, most } = ratioOf(samples.get(of)!, samples.get(to)!);
  const verdict = median <= atMost && median >= atLeast ? 'pass' : 'FAIL';
  const limit = atLeast > 0 ? `at least ${atLeast}` : `at most ${atMost}`;
  const found = `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
  return `${verdict}: ${where}: ${of} / ${to} is ${limit}: ${found}`;
}
