/** The process of one measurement: `node --expose-gc child.js BENCHMARK VARIANT N` prints a number. */
import { findVariant, measureVariant } from './variant.ts';

const [benchmarkName = '', variantName = '', size = ''] = process.argv.slice(2);
const { variant } = findVariant(benchmarkName, variantName);
const measure = variant.inVitest === true ? (await import('./host/vitest-process.ts')).measureInVitest : measureVariant;
const measured = await measure(benchmarkName, variantName, Number(size));
process.stdout.write(`${measured}\n`, () => process.exit());
