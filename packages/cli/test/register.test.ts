import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

/** Processes in virtual time, as users start them: with what was built. */

// On a busy machine processes take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

const register = new URL('../dist/register.js', import.meta.url);
const script = (name: string): string => fileURLToPath(new URL(`scripts/${name}`, import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'timeloom-register-'));

beforeAll(() => {
  if (!existsSync(register)) throw new Error(`${register} is missing: npm run build`);
});

afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  start(['--import', register.href, ...args], variables);

function start(args: readonly string[], variables: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_OPTIONS: '', ...variables };
    execFile(process.execPath, args, { env, cwd: directory, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

describe.concurrent('node --import timeloom/register', () => {
  test('runs hours of timers, intervals, files and signals in the order and at the times of Node', async () => {
    const { exitCode, stdout, stderr } = await run([script('ordinary.mjs')]);
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([
      'immediate 0',
      'timeout 1 1',
      'timeout 0 1',
      'one minute 60000',
      'read true 60000',
      'three ticks 63000',
      'TimeoutError 63500',
      'two hours 7200000',
      'once more 7205000',
    ]);
    expect(exitCode).toBe(0);
  });

  test('may be loaded with --require, behind which other hooks are', async () => {
    const path = join(directory, 'hook.cjs');
    writeFileSync(
      path,
      "require.extensions['.other'] = (module) => module._compile('console.log(Date.now())', 'main');",
    );
    const main = join(directory, 'main.other');
    writeFileSync(main, '');
    const args = ['--require', fileURLToPath(register), '--require', path, main];
    expect(await start(args, { TIMELOOM_NOW: '7' })).toEqual({ exitCode: 0, stdout: '7\n', stderr: '' });
  });

  test('waits for the end of a process that was killed, though nothing but a timer keeps this one alive', async () => {
    const slowToEnd =
      "process.on('SIGTERM', () => setTimeout(process.exit, 100)).send('ready'); setInterval(() => {}, 60_000)";
    const program = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(slowToEnd)}], {
        env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      child.once('message', () => {
        child.disconnect();
        child.unref();
        const timer = setTimeout(() => console.log('too late'), 5000);
        child.once('exit', () => (clearTimeout(timer), console.log('ended')));
        child.kill();
      });`;
    const { exitCode, stdout } = await run(['-e', program], { NODE_OPTIONS: '' });
    expect([exitCode, stdout]).toEqual([0, 'ended\n']);
  });

  test('waits until what it prints has been read, before time passes for who waits to print more', async () => {
    const program = `
      setTimeout(() => process.send('too late'), 30_000).unref();
      process.stdout.write('x'.repeat(10_000_000), () => process.send('printed'));
      process.send('prints');`;
    const child = spawn(process.execPath, ['--import', register.href, '-e', program], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const messages: unknown[] = [];
    child.on('message', (message) => {
      messages.push(message);
      // Not at once: the child has gone on by then.
      if (message === 'prints') execFile(process.execPath, ['-v'], () => child.stdout?.resume());
    });
    await once(child, 'close');
    expect(messages).toEqual(['prints', 'printed']);
  });

  test('ends the process with an exception of a timer, as Node does', async () => {
    const { exitCode, stdout, stderr } = await run([script('fails.mjs')]);
    expect(stderr).toContain('Error: thrown in a timer');
    expect([exitCode, stdout]).toEqual([1, '']);
  });

  test('tells uncaughtException of it, and goes on', async () => {
    const { exitCode, stdout } = await run([script('fails.mjs'), 'handled']);
    expect([exitCode, stdout]).toEqual([0, 'caught: thrown in a timer\nstill runs\n']);
  });

  test('tells uncaughtException of what was thrown, also where that is nothing', async () => {
    const program = `
      process.on('uncaughtException', (thrown) => console.log(thrown));
      for (const value of [undefined, null]) setTimeout(() => { throw value; }, 10_000);`;
    const { exitCode, stdout } = await run(['-e', program]);
    expect([exitCode, stdout]).toEqual([0, 'undefined\nnull\n']);
  });

  test('tells test runners whose an exception of a timer is', async () => {
    const { exitCode, stdout } = await run(['--test', '--test-reporter=tap', script('blame.mjs')]);
    expect(stdout.match(/^ *(not ok|ok).*|thrown by \w+/gm)).toEqual([
      'not ok 1 - first',
      'thrown by first',
      'not ok 2 - second',
      'thrown by second',
      'ok 3 - third',
    ]);
    expect(exitCode).toBe(1);
  });

  test('fires timers that were unreferenced as long as something real keeps the process alive', async () => {
    const { exitCode, stdout } = await run([script('unreferenced.mjs')]);
    expect([exitCode, stdout]).toEqual([0, 'aborted after 60000\n']);
  });

  test('ends a process that spins while time stands still', async () => {
    const { exitCode, stderr } = await run([script('spins.mjs')], { TIMELOOM_MAX_STEPS_PER_INSTANT: '500' });
    expect(stderr).toContain('LivelockError');
    expect(exitCode).toBe(1);
  });

  test('lets Node end a program that awaits nothing', async () => {
    const { exitCode } = await run([script('hangs.mjs')]);
    expect(exitCode).toBe(13);
  });

  test('seeds chance and dates by variables, so that runs repeat', async () => {
    // The last one is for @timeloom/vitest, and none of ours to refuse.
    const variables = { TIMELOOM_SEED: 'x', TIMELOOM_NOW: '2020-02-02T00:00:00Z', TIMELOOM_RUNS: '9' };
    const [first, second, other] = await Promise.all([
      run([script('chance.mjs')], variables),
      run([script('chance.mjs')], variables),
      run([script('chance.mjs')], { ...variables, TIMELOOM_SEED: 'y' }),
    ]);
    expect(first.stdout).toMatch(/ 2020-02-02T00:00:00.000Z\nend\n$/);
    expect(second.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });

  test('reads a configuration file, which variables override', async () => {
    const file = join(directory, 'own.json');
    writeFileSync(file, JSON.stringify({ seed: 1, now: '2021-01-01', except: ['Math.random'] }));
    const { stdout } = await run([script('chance.mjs')], { TIMELOOM_CONFIG: file, TIMELOOM_NOW: '86400000' });
    expect(stdout).toContain(' 1970-01-02T00:00:00.000Z');
  });

  test('puts a suite of node:test into virtual time', async () => {
    const { exitCode, stdout } = await run(['--test', '--test-reporter=tap', script('suite.mjs')]);
    expect(stdout).toMatch(/^# pass 3$/m);
    expect(exitCode).toBe(0);
  });

  test('runs where there is no WebAssembly', async () => {
    const { exitCode, stdout } = await run(['--jitless', script('worker.mjs')]);
    expect([exitCode, stdout]).toEqual([0, 'an hour later\n']);
  });

  test('reaches worker threads', async () => {
    const { exitCode, stdout } = await run([script('worker.mjs')]);
    expect([exitCode, stdout]).toEqual([0, 'an hour later\n']);
  });

  test('waits for a worker until it sleeps, however often it answers and whichever port it is asked by', async () => {
    const { exitCode, stdout, stderr } = await run([script('busy-worker.mjs')]);
    expect([exitCode, stdout, stderr]).toEqual([0, 'hello\ndone\nanswer\nanswer\n', '']);
  });

  test('is not held up by a worker that has called back by a port, and waits for the next call', async () => {
    const ended = await run([script('port-worker.mjs')]);
    expect(ended).toEqual({ exitCode: 0, stdout: '40 calls\n', stderr: '' });
  });

  test('waits for a worker for as long as that waits for a process that never ends', async () => {
    const ended = await run([script('patient-worker.mjs')], { TIMELOOM_PATIENCE_MS: '3000' });
    expect([ended.exitCode, ended.stdout]).toEqual([0, 'the process was killed\n']);
  });

  test.each([
    [{ TIMELOOM_MAX_STEPS: 'many' }, 'TIMELOOM_MAX_STEPS must be a number, got "many"'],
    [{ TIMELOOM_NOW: 'soon' }, 'TIMELOOM_NOW must be a date, or milliseconds since 1970, got "soon"'],
    [{ TIMELOOM_ONLY: 'setTimeout,sleep' }, 'only must name features of the host'],
    [{ TIMELOOM_CONFIG: 'missing.json' }, 'missing.json cannot be read as JSON'],
    [{ TIMELOOM_SEEED: '1' }, 'there is no variable TIMELOOM_SEEED'],
  ])('refuses %j', async (variables: Readonly<Record<string, string>>, message) => {
    const { exitCode, stdout, stderr } = await run([script('chance.mjs')], variables);
    expect(stderr).toContain(`timeloom/register: `);
    expect(stderr).toContain(message);
    expect([exitCode, stdout]).toEqual([2, '']);
  });

  test('refuses a setting that there is not', async () => {
    const file = join(directory, 'wrong.json');
    writeFileSync(file, JSON.stringify({ sead: 1 }));
    const { exitCode, stderr } = await run([script('chance.mjs')], { TIMELOOM_CONFIG: pathToFileURL(file).pathname });
    expect(stderr).toContain('there is no setting "sead"');
    expect(exitCode).toBe(2);
  });
});
