import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark, Variant } from './benchmark.ts';

/** By variant, the numbers of the runs, in the order they were made. */
export type Samples = ReadonlyMap<string, readonly number[]>;

const run = promisify(execFile);
const child = fileURLToPath(new URL('child.js', import.meta.url));

/**
 * Measures the variants of a benchmark in turn, A B C A B C, each time in a new process.
 *
 * A shared machine is now fast and now slow, for seconds or minutes. The variants of one round meet
 * about the same machine, so a ratio is taken within a round, and the median of the rounds' ratios
 * is what counts. A new process, because in a common one the second variant would find a heap that
 * the first has grown, hidden classes and inline caches that it has made megamorphic, and timers
 * that it has patched.
 */
export async function measure(benchmark: Benchmark, size: number, runs: number): Promise<Samples> {
  const samples = new Map<string, number[]>(benchmark.variants.map(({ name }) => [name, []]));
  for (let round = 0; round < runs; round++) {
    for (const variant of benchmark.variants) {
      if (size > (variant.largest ?? Infinity)) continue;
      samples.get(variant.name)!.push(await measureOnce(benchmark, variant, size));
    }
  }
  return samples;
}

async function measureOnce(benchmark: Benchmark, variant: Variant, size: number): Promise<number> {
  const args = ['--expose-gc', child, benchmark.name, variant.name, String(size)];
  const { stdout } = await run(process.execPath, args);
  const value = Number.parseFloat(stdout);
  if (!Number.isFinite(value)) {
    throw new TypeError(`${benchmark.name}, ${variant.name}: expected a number, got ${JSON.stringify(stdout)}`);
  }
  return value;
}
