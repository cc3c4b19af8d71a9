import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { catalogue } from './catalogue.ts';
import { judge } from './criteria.ts';
import { describeMachine } from './machine.ts';
import { measure } from './measure.ts';
import { printSearchTables } from './search/main.ts';
import { tableOf, type Format } from './table.ts';

/** The name of what has tables of its own. */
const search = 'search';

const usage = `npm run bench [-- OPTIONS]
  --only NAMES      some of ${catalogue.map(({ name }) => name).join(',')},search; default: all;
                    explore stands for all that begin with it
  --sizes NUMBERS   N, e.g. 100,1000; default: those of each benchmark
  --runs NUMBER     rounds, default 5
  --markdown        tables for a README`;

interface Options {
  readonly benchmarks: readonly Benchmark[];
  /** Whether to print the tables of the papers on search. */
  readonly search: boolean;
  /** Null: those of each benchmark. */
  readonly sizes: readonly number[] | null;
  readonly runs: number;
  readonly format: Format;
}

/** @throws TypeError, RangeError on an option that is not known or makes no sense. */
function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      sizes: { type: 'string' },
      runs: { type: 'string', default: '5' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const names = values.only?.split(',');
  return {
    benchmarks: names?.filter((name) => name !== search).flatMap(find) ?? catalogue,
    search: names?.includes(search) ?? true,
    sizes: values.sizes?.split(',').map((text) => count('sizes', text)) ?? null,
    runs: count('runs', values.runs),
    format: values.markdown ? 'markdown' : 'text',
  };
}

/** A benchmark, or a group of them: `explore` is all `explore-…`. */
function find(name: string): readonly Benchmark[] {
  const found = catalogue.filter((one) => one.name === name || one.name.startsWith(`${name}-`));
  if (found.length === 0) throw new RangeError(`--only: there is no benchmark ${JSON.stringify(name)}`);
  return found;
}

function count(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`--${option} must be positive whole numbers, got ${JSON.stringify(text)}`);
}

async function main({ benchmarks, sizes, runs, format, search: searches }: Options): Promise<void> {
  const heading = format === 'markdown' ? '### ' : '';
  console.log(`${describeMachine()}; ${runs} runs each, in turn.\n`);
  const verdicts: string[] = [];
  for (const benchmark of benchmarks) {
    console.log(`${heading}${benchmark.title}\n`);
    for (const size of sizes ?? benchmark.sizes) {
      const samples = await measure(benchmark, size, runs);
      console.log(`${tableOf(benchmark, size, samples, format)}\n`);
      verdicts.push(...judge(benchmark, size, samples));
    }
  }
  if (searches) verdicts.push(...(await printSearchTables(format)));
  if (verdicts.length > 0) console.log(`${heading}Criteria\n\n${verdicts.map((line) => `- ${line}`).join('\n')}`);
}

function readOptionsOrExplain(): Options {
  try {
    return readOptions();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(1);
  }
}

await main(readOptionsOrExplain());
