/** The process of one measurement: `node --expose-gc child.js BENCHMARK VARIANT N` prints a number. */
import { catalogue } from './catalogue.ts';
import { heapPerTask } from './memory.ts';
import { timeOf } from './time.ts';

const [benchmarkName, variantName, size] = process.argv.slice(2);
const benchmark = catalogue.find((one) => one.name === benchmarkName);
const variant = benchmark?.variants.find((one) => one.name === variantName);
if (benchmark === undefined || variant === undefined) {
  throw new RangeError(`there is no benchmark ${benchmarkName} with a variant ${variantName}`);
}
const prepare = await variant.load();
const measure = benchmark.measures === 'time' ? timeOf : heapPerTask;
process.stdout.write(`${await measure(prepare, Number(size))}\n`, () => process.exit());
