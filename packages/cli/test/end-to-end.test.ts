import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { pathOf } from './run-test-program.ts';

/** The command as users have it: a process of its own, with what was built. */

// On a busy machine processes take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL('../bin/timeloom.js', import.meta.url));

beforeAll(() => {
  const built = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
  if (!existsSync(built)) throw new Error(`${built} is missing: npm run build`);
});

interface Ended {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function timeloom(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    // Without the runner's own options: a user's Node has none.
    const env = { ...process.env, NODE_OPTIONS: '' };
    execFile(process.execPath, [bin, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

describe.concurrent('timeloom run', () => {
  test('prints what the program prints on stdout, the same each time, and the summary on stderr', async () => {
    const [first, second] = await Promise.all([
      timeloom('run', pathOf('hundred-sleeps.ts'), '--seed', '7'),
      timeloom('run', pathOf('hundred-sleeps.ts'), '--seed', '7'),
    ]);
    expect(first.exitCode).toBe(0);
    expect(first.stdout.trimEnd().split('\n')).toHaveLength(100);
    expect(first.stderr).toMatch(/^5\.000 s of virtual time in \d+\.\d{3} s, \d+ steps\n$/);
    expect(second.stdout).toBe(first.stdout);
  });

  test('shares its asyncio with the program, and lowers what this Node does not have', async () => {
    const run = await timeloom('run', pathOf('await-using.ts'));
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: 'true <AsyncioEventLoop running=true closed=false time=0>\ndisposed\n',
    });
  });

  test('has timers, dates and files of the host on the clock of the program', async () => {
    const { stdout, exitCode } = await timeloom('run', pathOf('mixed.ts'));
    expect([stdout, exitCode]).toEqual(['slept 2000\nread 2000\ntimeout 2500\nslept 3000\n', 0]);
  });

  test('runs an ordinary script, to the end of its last timer', async () => {
    const script = fileURLToPath(new URL('scripts/ordinary.mjs', import.meta.url));
    const { stdout, stderr, exitCode } = await timeloom('run', script);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('once more 7205000');
    expect(stderr).toMatch(/^7205\.000 s of virtual time in \d\.\d{3} s, \d+ steps\n$/);
    expect(exitCode).toBe(0);
  });

  test('loses no timer of a script that runs a loop meanwhile', async () => {
    const { stdout, exitCode } = await timeloom('run', pathOf('script-with-timers.ts'));
    expect(stdout).toContain('a minute 60000\n');
    expect(stdout).toContain('within a loop');
    expect(exitCode).toBe(0);
  });

  test.each([
    ['missing-import.ts', 2, /^timeloom: Cannot find module '.*nothing\.ts' imported from .*missing-import\.ts\n$/],
    ['unsettled.ts', 3, /^Deadlock: the program awaits, outside of any loop, a promise that nobody settles\.\n$/],
    ['unhandled.ts', 1, /^Error: nobody heard this\n {4}at .*unhandled\.ts:6:9\)\n0\.010 s of virtual time .*\n$/],
    [
      'unhandled-in-main.ts',
      1,
      /^Error: nobody heard this\n {4}at main .*in-main\.ts:6:23\)\n0\.010 s of virtual .*\n$/,
    ],
    ['../scripts/unhandled.mjs', 1, /^Error: nobody heard this\n {4}at Timeout[^]*\n0\.010 s of virtual time .*\n$/],
    ['exception.ts', 1, /^Error: the program failed\n {4}at fails \(.*exception\.ts:5:9\)\n {4}at async main/],
    ['deadlock.ts', 3, /^Deadlock at 20 ms: [^]* {4}at .*deadlock\.ts:10:3\n/],
  ])('%s exits with %i', async (program, exitCode, stderr) => {
    const run = await timeloom('run', pathOf(program));
    expect(run.stderr).toMatch(stderr);
    expect(run.exitCode).toBe(exitCode);
  });

  test('leaves rejections to a listener of the program', async () => {
    const run = await timeloom('run', pathOf('listening-main.ts'));
    expect(run).toMatchObject({ exitCode: 0, stdout: 'heard: Error: rejected\nwent on\n' });
  });

  test('tells of a deadlock on the real clock too, when Node itself has nothing left to do', async () => {
    const run = await timeloom('run', '--real', pathOf('deadlock.ts'));
    expect(run.stderr).toMatch(/^Deadlock at [\d.]+ ms: 2 tasks wait for something that nobody will do\.\n/);
    expect(run.exitCode).toBe(3);
  });

  test('ends although the program left a server and an interval of its loop', async () => {
    const run = await timeloom('run', pathOf('leftover-interval.ts'));
    expect(run).toMatchObject({ exitCode: 0, stdout: 'main is done\n' });
    expect(run.stderr).toMatch(/^timeloom: the program has ended, but left open: .*TCPServerWrap.*\n$/m);
  });

  test('says nothing of what ends by itself in a few turns, however long they take', async () => {
    const run = await timeloom('run', pathOf('leftover-turns.ts'));
    expect(run).toMatchObject({ exitCode: 0, stdout: 'main is done\n' });
    expect(run.stderr).toMatch(/^0\.000 s of virtual time in .*\n$/);
  });
});

describe.concurrent('timeloom explore', () => {
  test('counts a rejection that nobody handles as a failure of the run', async () => {
    const run = await timeloom('explore', pathOf('unhandled-in-search.ts'));
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(run.stdout).toMatch(/^failed: Error: nobody heard this\n {2}at program \(.*unhandled-in-search\.ts:4/);
  });

  test.each([
    ['as it is', [], 2],
    ['with fresh modules', ['--fresh'], 2],
    ['with threads', ['--workers=2'], 5],
  ])('leaves rejections to listeners that modules of the program have made: %s', async (_, options, times) => {
    const run = await timeloom('explore', pathOf('listening.ts'), ...options);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout.split('heard: rejected\n')).toHaveLength(times + 1);
  });

  test('finds a race, and timeloom replay runs it again', async () => {
    const file = pathOf('lost-update.ts');
    const found = await timeloom('explore', file, '--reorder', 'free');
    expect(found).toMatchObject({ exitCode: 1, stderr: '' });
    const [, token] = / {2}replay: timeloom replay .*lost-update\.ts (tl1_\S+) --reorder free\n/.exec(found.stdout)!;
    const again = await timeloom('replay', file, token!, '--reorder', 'free');
    expect(again).toMatchObject({ exitCode: 1, stderr: '' });
    expect(again.stdout).toMatch(/^failed: AssertionError: balance is 10\n {2}at program \(.*lost-update\.ts:14:3\)\n/);
  });

  test('comes to the same with threads', async () => {
    const [alone, together] = await Promise.all([
      timeloom('explore', pathOf('timer-race.ts')),
      timeloom('explore', pathOf('timer-race.ts'), '--workers', '2'),
    ]);
    expect(together).toEqual(alone);
    expect(alone.stdout).toMatch(/^failed: AssertionError: timeout after 100 ms\n/);
  });

  test('tells what it found so far on Ctrl-C, and exits with 130', async () => {
    const search = spawn(process.execPath, [bin, 'explore', pathOf('announced.ts'), '--runs', '100000000'], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let stdout = '';
    // The program says when its first run begins: the search is on then.
    const ended = new Promise((resolve) => void search.on('close', resolve));
    search.stdout.on('data', (chunk: Buffer) => {
      if (stdout === '') search.kill('SIGINT');
      stdout += chunk.toString();
    });
    expect(await ended).toBe(130);
    expect(stdout).toMatch(/^the search begins\nNo failure in [\d,]+ runs?, interrupted: /);
  });

  test('refuses a script that runs loops when it is imported, and a file whose import fails', async () => {
    const [script, failing, unsettled] = await Promise.all([
      timeloom('explore', pathOf('short-script.ts')),
      timeloom('explore', pathOf('top-level-exception.ts')),
      timeloom('explore', pathOf('unsettled.ts')),
    ]);
    expect(script).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^timeloom: .* has no program: /) });
    expect(failing.exitCode).toBe(2);
    expect(unsettled.exitCode).toBe(2);
  });
});

test.each([
  ['program.ts', /^timeloom: syntax error: .*program\.ts:2:9: Expected identifier but found "="\n$/],
  ['program.mjs', /^timeloom: syntax error: .*program\.mjs:2: Unexpected token '='\n$/],
])('a syntax error in %s is told with its place', async (program, stderr) => {
  // Not among the programs next to the tests: every tool that reads sources would stumble over it.
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, program), 'export async function main() {\n  const = 1;\n}\n');
  const run = await timeloom('run', join(directory.path, program));
  expect(run.stderr).toMatch(stderr);
  expect(run.exitCode).toBe(2);
});

test('a program elsewhere is run with its own copy of asyncio, as an ES module even in a CommonJS package', async () => {
  using directory = temporaryDirectory();
  installCopies(directory.path);
  writeFileSync(join(directory.path, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(directory.path, 'helper.ts'), 'await 0;\nexport const delayMs: number = 3000;\n');
  writeFileSync(
    join(directory.path, 'program.ts'),
    "import { sleep } from '@timeloom/asyncio';\nimport { delayMs } from './helper.js';\n" +
      "await 0;\nexport async function main() {\n  await sleep(delayMs);\n  console.log('slept');\n}\n",
  );
  const run = await timeloom('run', join(directory.path, 'program.ts'));
  expect(run.stderr).toMatch(/^3\.000 s of virtual time in 0\.\d{3} s/);
  expect(run).toMatchObject({ exitCode: 0, stdout: 'slept\n' });
});

function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'timeloom-')));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function installCopies(directory: string): void {
  const require = createRequire(import.meta.url);
  for (const name of ['@timeloom/loop', '@timeloom/asyncio']) {
    const source = dirname(require.resolve(`${name}/package.json`));
    const target = join(directory, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    cpSync(join(source, 'dist'), join(target, 'dist'), { recursive: true });
    cpSync(join(source, 'package.json'), join(target, 'package.json'));
  }
}
