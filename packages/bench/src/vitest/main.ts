/**
 * What virtual time costs a suite of trivial tests: the same 1,000 tests in plain vitest, with `test` of
 * @timeloom/vitest, and in plain vitest under the runner. Whole processes, start and imports included.
 *
 * The variants take turns, and a ratio is taken within a round: see ../measure.ts for why.
 *
 *     node packages/bench/dist/vitest/main.js [rounds]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { describeMachine } from '../machine.ts';
import { ratioOf, spreadOf } from '../statistics.ts';

const root = join(import.meta.dirname, '../../../..');
const tests = 1000;
const atMost = 1.3;

interface Variant {
  readonly name: string;
  /** What the tests import `test` from. */
  readonly from: string;
  readonly runner?: string;
}

const variants: readonly Variant[] = [
  { name: 'vitest', from: 'vitest' },
  { name: 'test of @timeloom/vitest', from: '@timeloom/vitest' },
  { name: 'vitest under the runner', from: 'vitest', runner: '@timeloom/vitest/runner' },
];

interface Cost {
  readonly wallMs: number;
  /** Of all processes. */
  readonly processorMs: number;
}

function writeSuite(folder: string, { from, runner }: Variant): void {
  const lines = Array.from(
    { length: tests },
    (_, i) => `test('adds ${i}', async () => { await Promise.resolve(); expect(${i} + 1).toBe(${i + 1}); });`,
  );
  writeFileSync(join(folder, 'suite.test.ts'), `import { expect, test } from '${from}';\n${lines.join('\n')}\n`);
  // As in a project that has the packages in node_modules, vitest is not to compile them.
  const external = String.raw`[/packages\/\w+\/dist\//]`;
  const running = runner === undefined ? '' : `, runner: '${runner}'`;
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { root: import.meta.dirname, server: { deps: { external: ${external} } }${running} } };\n`,
  );
}

/** @throws Error if the suite does not pass. */
function runSuite(folder: string): Cost {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const command = `"${process.execPath}" "${vitest}" run --config "${join(folder, 'vitest.config.mjs')}"; times`;
  const start = performance.now();
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8', cwd: folder });
  const wallMs = performance.now() - start;
  // The last line of `times` is about the children of the shell.
  const [, userMin, user, systemMin, system] = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(stdout) ?? [];
  if (!stdout.includes(`${tests} passed`) || system === undefined)
    throw new Error(`The suite did not pass:\n${stdout}`);
  const seconds = 60 * (Number(userMin) + Number(systemMin)) + Number(user) + Number(system);
  return { wallMs, processorMs: 1000 * seconds };
}

function measure(rounds: number): ReadonlyMap<Variant, readonly Cost[]> {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folders = variants.map((variant) => {
    const folder = mkdtempSync(join(cache, 'bench-vitest-'));
    writeSuite(folder, variant);
    return folder;
  });
  try {
    const costs = new Map(variants.map((variant) => [variant, [] as Cost[]]));
    for (let round = 0; round < rounds; round++) {
      for (const [index, variant] of variants.entries()) costs.get(variant)!.push(runSuite(folders[index]!));
    }
    return costs;
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

function main(rounds: number): void {
  console.log(`${describeMachine()}; ${tests} trivial tests, medians of ${rounds} rounds, in turn.\n`);
  const costs = measure(rounds);
  const plain = costs.get(variants[0]!)!;
  for (const [{ name }, samples] of costs) {
    const { median } = ratioOf(samples.map(wall), plain.map(wall));
    const verdict = samples === plain ? '' : `  ${median <= atMost ? 'ok' : 'FAIL'}: at most ${atMost} x as long`;
    const figures = `${compare(samples, plain, wall)}  ${compare(samples, plain, processor)} of processor time`;
    console.log(`${name.padEnd(26)} ${figures}${verdict}`);
  }
}

const wall = ({ wallMs }: Cost): number => wallMs;
const processor = ({ processorMs }: Cost): number => processorMs;

/** The median of some samples, and their ratio to others, with how far it reaches. */
function compare(samples: readonly Cost[], base: readonly Cost[], kind: (cost: Cost) => number): string {
  const ms = spreadOf(samples.map(kind)).median.toFixed(0).padStart(6);
  const { median, least, most } = ratioOf(samples.map(kind), base.map(kind));
  return `${ms} ms ${median.toFixed(2)} x (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

const rounds = Number(process.argv[2] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`rounds must be a positive whole number, got ${process.argv[2]}`);
main(rounds);
