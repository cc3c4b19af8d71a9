import type { Benchmark, Variant } from './benchmark.ts';
import { catalogue } from './catalogue.ts';
import { processorTime } from './cpu.ts';
import { heapPerTask } from './memory.ts';
import { timeOf } from './time.ts';

const measures = { time: timeOf, heap: heapPerTask, processor: processorTime };

/** @throws RangeError if there is none of these names. */
export function findVariant(benchmarkName: string, variantName: string): { benchmark: Benchmark; variant: Variant } {
  const benchmark = catalogue.find((one) => one.name === benchmarkName);
  const variant = benchmark?.variants.find((one) => one.name === variantName);
  if (benchmark === undefined || variant === undefined) {
    throw new RangeError(`there is no benchmark ${benchmarkName} with a variant ${variantName}`);
  }
  return { benchmark, variant };
}

/** Measures a variant in this process. */
export async function measureVariant(benchmarkName: string, variantName: string, size: number): Promise<number> {
  const { benchmark, variant } = findVariant(benchmarkName, variantName);
  const prepare = await variant.load();
  return measures[benchmark.measures](prepare, size);
}
