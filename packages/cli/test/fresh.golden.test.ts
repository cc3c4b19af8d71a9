import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pathOf } from './run-test-program.ts';

/** `--fresh`, with what was built: each version of Node loads modules in its own way. */

// On a busy machine processes take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL('../bin/timeloom.js', import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'timeloom-')));

beforeAll(() => {
  if (!existsSync(join(dirname(bin), '../dist/bin.js'))) throw new Error('dist is missing: npm run build');
  for (const [path, text] of Object.entries(packages)) write(path, text);
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** Each counts how often it was asked. */
const packages = {
  'package.json': '{ "type": "module" }',
  'node_modules/common/package.json': '{ "main": "index.js" }',
  'node_modules/common/index.js': "let count = 0; exports.next = () => ++count; exports.inner = require('./inner');",
  'node_modules/common/inner.js': 'let count = 0; exports.next = () => ++count;',
  'node_modules/esm/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/esm/index.js': "import { more } from './inner.js'; export const next = more; export default more;",
  'node_modules/esm/inner.js': 'let count = 0; export const more = () => ++count;',
  'node_modules/requires-esm/package.json': '{ "main": "index.js" }',
  'node_modules/requires-esm/index.js':
    "const { next, default: again } = require('esm'); module.exports = { next, again };",
};

/** The path of a file in the scratch folder with this text. */
function write(path: string, text: string): string {
  const target = join(scratch, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

interface Ended {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function timeloom(...args: string[]): Promise<Ended> {
  return timeloomWith({}, ...args);
}

function timeloomWith(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    // Without the runner's own options: a user's Node has none.
    const env = { ...process.env, NODE_OPTIONS: '', ...variables };
    execFile(process.execPath, [bin, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

const fewRuns = ['--strategy', 'random', '--runs', '5', '--keep-going'];

describe('timeloom explore --fresh', () => {
  test('finds what only a new process shows, cuts it down, and names --fresh in the line that replays it', async () => {
    const file = pathOf('cached-answers.ts');
    const [kept, fresh] = await Promise.all([timeloom('explore', file), timeloom('explore', file, '--fresh')]);
    expect(kept).toMatchObject({ exitCode: 0, stderr: '' });
    expect(kept.stdout).toMatch(/^Not deterministic: when its first run was repeated .*\n.*\n.*scheduled: a fetches\n/);
    expect(kept.stdout).toMatch(
      /timeloom explore --fresh, or freshProgram\(\)\.\n\nNo failure in 1,000 runs: no guarantee/,
    );
    expect(fresh).toMatchObject({ exitCode: 1, stderr: '' });
    expect(fresh.stdout).toMatch(
      /^failed: AssertionError: one was told a, the other b\n {2}at program \(.*\.ts:15:3\)/,
    );
    expect(fresh.stdout).toMatch(/; 1 difference from first in, first out/);
    expect(fresh.stdout).not.toContain('timeloom-run');
    const [, token] = /replay: timeloom replay .*cached-answers\.ts (tl1_\S+) --fresh\n/.exec(fresh.stdout)!;
    const again = await timeloom('replay', file, token!, '--fresh');
    expect(again).toMatchObject({ exitCode: 1, stderr: '' });
    expect(again.stdout).toMatch(/^failed: AssertionError: one was told a, the other b\n/);
  });

  test('comes to the same with threads', async () => {
    const args = ['explore', pathOf('cached-answers.ts'), '--fresh'];
    const [alone, together] = await Promise.all([timeloom(...args), timeloom(...args, '--workers', '2')]);
    expect(together).toEqual(alone);
  });

  test('gives each run packages, ES modules and CommonJS of its own, however they are imported', async () => {
    write(
      'typed.cts',
      "import { next } from 'common'; let count: number = 0; export const sum = () => ++count + next();",
    );
    write('plain.cjs', "let count = 0; exports.next = () => ++count; exports.data = require('./data.json');");
    write('data.json', '{ "count": 0 }');
    const program = write(
      'imports.ts',
      `import { createRequire } from 'node:module';
       import common from 'common';
       import { next as nextOfEsm } from 'esm';
       import requiresEsm from 'requires-esm';
       import plain from './plain.cjs';
       import typed from './typed.cts';
       const require = createRequire(import.meta.url);
       export const program = ({ choose, assert }: any) => {
         choose(2);
         const counts = [common.next(), common.inner.next(), typed.sum(), require('common').next(), plain.next()];
         counts.push(nextOfEsm(), requiresEsm.next(), requiresEsm.again(), require('esm').next(), ++plain.data.count);
         assert(counts.join() === '1,1,3,3,1,1,2,3,4,1', counts.join());
       };`,
    );
    const [fresh, threads, kept] = await Promise.all([
      timeloom('explore', program, '--fresh', ...fewRuns),
      timeloom('explore', program, '--fresh', ...fewRuns, '--workers', '2'),
      timeloom('explore', program, ...fewRuns),
    ]);
    expect(fresh).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^No failure in 5 runs/) });
    expect(threads).toEqual(fresh);
    expect(kept.stdout).toContain('This program is not deterministic');
    expect(kept.stdout).toContain('unless each run imports them anew: timeloom explore --fresh');
  });

  test('forgets who has listened to the process, at its import or in the run; as do runs of modules that are kept', async () => {
    const inRun = `
       export const program = ({ choose, assert }) => {
         choose(2);
         process.on('SIGUSR2', () => {});
         process.on('exit', () => console.log('exit'));
         assert(process.listenerCount('SIGUSR2') === EXPECTED, process.listenerCount('SIGUSR2'));
       };`;
    const kept = write('listens-in-run.mjs', inRun.replace('EXPECTED', '1'));
    const atImport = `process.on('SIGUSR2', () => {}); ${inRun.replace('EXPECTED', '2')}`;
    const fresh = write('listens-at-import.mjs', atImport);
    const ends = await Promise.all([
      timeloom('explore', kept, ...fewRuns),
      timeloom('explore', fresh, '--fresh', ...fewRuns),
    ]);
    const clean = { exitCode: 0, stderr: '', stdout: expect.stringMatching(/^No failure in 5 runs/) };
    expect(ends).toMatchObject([clean, clean]);
    expect(ends.map(({ stdout }) => stdout.includes('exit'))).toEqual([false, false]);
  });

  test('imports at the moment when the run begins, the same each time; timers that an import makes are the run’s', async () => {
    const program = write(
      'at-import.mjs',
      `const kept = [Date.now(), performance.now(), Math.random(), crypto.randomUUID()];
       let ticks = 0;
       setInterval(() => ticks++, 10).unref();
       export const program = async ({ choose }) => {
         choose(2);
         const age = Date.now() - kept[0];
         await new Promise((resolve) => setTimeout(resolve, 105));
         console.log('kept', ...kept, 'age', age, 'ticks', ticks);
       };`,
    );
    const once = () => timeloom('explore', program, '--fresh', ...fewRuns);
    const [one, other] = await Promise.all([once(), once()]);
    const lines = `${one.stdout}${other.stdout}`.split('\n').filter((line) => line.startsWith('kept'));
    // Five of either search, and the first one again.
    expect(lines).toHaveLength(12);
    expect([...new Set(lines)]).toEqual([expect.stringMatching(/^kept 946684800000 .* age 0 ticks 10$/)]);
  });

  test('tells of an import that fails in some run as of a failure of that run', async () => {
    const program = write(
      'third.mjs',
      `globalThis.imports = (globalThis.imports ?? 0) + 1;
       // The first one is to see whether it can be imported.
       if (globalThis.imports === 4) throw new Error('no more connections');
       export const program = ({ choose }) => choose(1000);`,
    );
    const run = await timeloom('explore', program, '--fresh', '--strategy', 'random');
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(run.stdout).toMatch(/^failed: Error: no more connections\n {2}at .*third\.mjs:3:\d+\n {2}first in run 3,/);
    expect(run.stdout).toContain('This program is not deterministic');
  });

  test('takes a program that has load() and prepare(), and leaves the host to it', async () => {
    const program = write(
      'prepares.mjs',
      `let loads = 0;
       const log = [];
       setTimeout(() => log.push('a timer of the import'), 10);
       const program = async ({ loop, assert, choose }) => {
         choose(2);
         await new Promise((resolve) => loop.callLater(20, resolve));
         assert(log.join() === 'load 1,prepare', log.join());
       };
       export default {
         load: () => (log.push('load ' + ++loads), program),
         prepare: () => (log.push('prepare'), () => {}),
       };`,
    );
    const run = await timeloom('explore', program, '--fresh', ...fewRuns);
    expect(run).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^No failure in 5 runs/) });
  });

  test('ends with advice before the modules of all runs fill the memory; threads are replaced instead', async () => {
    const program = write(
      'large.mjs',
      `export const large = Array.from({ length: 100_000 }, (_, index) => ({ index }));
       export const program = ({ choose }) => choose(1000);`,
    );
    const args = ['explore', program, '--fresh', '--strategy', 'random', '--runs', '80'];
    const little = { NODE_OPTIONS: '--max-old-space-size=256' };
    const alone = await timeloomWith(little, ...args);
    expect(alone).toMatchObject({ exitCode: 2, stdout: '' });
    expect(alone.stderr).toMatch(
      /^timeloom: After \d+ imports, modules fill the memory that Node has .* with workers,/,
    );
    const threads = await timeloomWith(little, ...args, '--workers', '2');
    expect(threads).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^No failure in 80 runs/) });
  });

  test.each([
    ['throws.mjs', "throw new Error('not today');", /^Error: not today\n {4}at .*throws\.mjs/],
    [
      'waits.mjs',
      'await new Promise((resolve) => setTimeout(resolve, 10));\nexport const program = () => {};',
      /^ImportStalledError: The import of file:\S+waits\.mjs never ends: .* await them in the program\.\n$/,
    ],
    [
      'missing.mjs',
      "import './nothing.mjs';",
      /^timeloom: Cannot find module '.*nothing\.mjs' imported from .*missing\.mjs/,
    ],
    ['nothing-exported.mjs', 'export const main = 1;', /^timeloom: .*nothing-exported\.mjs has no program: /],
    ['number.mjs', 'export default 42;', /^timeloom: .*number\.mjs exports a program that cannot be run: .* got 42\n$/],
    ['no-syntax.ts', 'export const = 2;', /^timeloom: syntax error: .*no-syntax\.ts:1:14: /],
  ])('%s cannot be searched: exit code 2', async (name, text, stderr) => {
    const run = await timeloom('explore', write(name, text), '--fresh');
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(stderr) });
  });
});
