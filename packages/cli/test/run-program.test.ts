import { getEventLoopPolicy } from '@timeloom/asyncio';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../src/index.ts';
import { pathOf, runTestProgram } from './run-test-program.ts';

describe('a program that ends well', () => {
  test('sleeps for seconds in no time, and a line tells how long it took', async () => {
    const run = await runTestProgram('hundred-sleeps.ts');
    expect(run.exitCode).toBe(0);
    expect(run.printed).toHaveLength(100);
    expect(run.virtualMs).toBe(5000);
    expect(run.realMs).toBeLessThan(1000);
    expect(run.summary).toMatch(/^5\.000 s of virtual time in 0\.\d{3} s, \d+ steps$/);
    expect(run.written).toBe('');
  });

  test('prints the same with the same seed, and something else with another', async () => {
    const first = await runTestProgram('hundred-sleeps.ts', { seed: 7 });
    const second = await runTestProgram('hundred-sleeps.ts', { seed: 7 });
    const other = await runTestProgram('hundred-sleeps.ts', { seed: 8 });
    expect(second.printed).toEqual(first.printed);
    expect(second.steps).toBe(first.steps);
    expect(other.printed).not.toEqual(first.printed);
  });

  test('runs on the real clock if told to', async () => {
    const run = await runTestProgram('short-sleeps.ts', { real: true });
    expect(run.printed).toEqual(['slept 1 ms', 'slept 2 ms', 'slept 4 ms']);
    expect(run.virtualMs).toBe(0);
    expect(run.realMs).toBeGreaterThan(3);
    expect(run.summary).toMatch(/^\d\.\d{3} s of real time, \d+ steps$/);
  });

  test('may export a coroutine as default', async () => {
    expect(await runTestProgram('default-coroutine.ts')).toMatchObject({
      exitCode: 0,
      printed: ['a generator ran'],
      virtualMs: 10,
    });
  });

  test('may be a script that runs loops itself', async () => {
    const run = await runTestProgram('script.ts');
    expect(run).toMatchObject({ exitCode: 0, printed: ['a script ran'], virtualMs: 1500 });
  });

  test('may be a script that runs no loop, and has no summary then', async () => {
    const run = await runTestProgram('script-without-run.ts');
    expect(run).toMatchObject({ exitCode: 0, printed: ['made and closed'], summary: undefined, steps: 0 });
  });

  test('is not run a second time if it calls its own main', async () => {
    const run = await runTestProgram('script-with-main.ts');
    expect(run).toMatchObject({ exitCode: 0, printed: ['main ran'], virtualMs: 1000 });
  });

  test('keeps its own options where the command line says nothing', async () => {
    expect((await runTestProgram('own-options.ts')).printed).toEqual(['true true mine']);
    expect((await runTestProgram('own-options.ts', { real: true, seed: 3 })).printed).toEqual(['false false 3']);
  });
});

describe('a program that does not', () => {
  test('exits with 3 and the wait graph for a deadlock', async () => {
    const run = await runTestProgram('deadlock.ts');
    expect(run.exitCode).toBe(3);
    expect(run.written).toMatch(/^Deadlock at 20 ms: 2 tasks wait for something that nobody will do\.$/m);
    expect(run.written).toMatch(/^ {2}Task-2 waitForever\(\) awaits <Future pending/m);
    expect(run.summary).toMatch(/^0\.020 s of virtual time/);
  });

  test('exits with 4 for a livelock', async () => {
    const run = await runTestProgram('livelock.ts', { maxStepsPerInstant: 50 });
    expect(run.exitCode).toBe(4);
    expect(run.written).toMatch(/^Livelock at 0 ms: 50 steps ran and time did not advance\./);
  });

  test('exits with 4 at the step limit', async () => {
    const run = await runTestProgram('livelock.ts', { maxSteps: 20 });
    expect(run.exitCode).toBe(4);
    expect(run.written).toMatch(/^Step limit: 20 steps ran/);
  });

  test('exits with 1 and its own part of the stack for an exception', async () => {
    const run = await runTestProgram('exception.ts');
    expect(run.exitCode).toBe(1);
    expect(run.printed).toEqual(['before']);
    const frames = ['    at fails (exception.ts)', expect.stringMatching(/^ {4}at (?:async )?main \(exception\.ts\)$/)];
    expect(run.written.split('\n').map((line) => line.replace(/\(.*[/\\](\w+\.ts).*\)$/, '($1)'))).toEqual([
      'Error: the program failed',
      ...frames,
      'Caused by: RangeError: because of this',
      ...frames,
    ]);
  });

  test.each([
    ['throws-no-error.ts', "The program threw { reason: 'no Error' }, which is not an Error."],
    ['sleep-nan.ts', 'RangeError: delayMs must be a number of milliseconds, got NaN'],
    ['sleep-string.ts', 'TypeError: delayMs must be a number of milliseconds, got "1"'],
    ['gather-number.ts', 'TypeError: gather() expects an array of awaitables, got 42'],
    ['closed-loop.ts', 'LoopClosedError: Event loop is closed'],
    ['run-inside-run.ts', 'RuntimeError: asyncio.run() cannot be called from a running event loop'],
  ])('exits with 1 and a message: %s', async (program, message) => {
    const run = await runTestProgram(program);
    expect(run.exitCode).toBe(1);
    expect(run.written.split('\n')[0]).toBe(message);
  });

  test('exits with 1 if it throws a SyntaxError of its own', async () => {
    const run = await runTestProgram('top-level-exception.ts');
    expect(run.exitCode).toBe(1);
    expect(run.written).toMatch(/^SyntaxError: .*\n {4}at JSON\.parse/);
  });
});

describe('what cannot be run exits with 2', () => {
  test.each([
    ['no-such-file.ts', 'no such file'],
    ['../programs', 'is a directory: name the file of a program'],
    ['../../package.json', 'is not a program: its name must end in one of .ts .mts .cts .tsx .js .mjs .cjs .jsx'],
    ['no-main.ts', 'has no main: export an async function named main, or run a loop or make timers at the top level'],
    ['main-is-a-promise.ts', 'exports a main that cannot be run: it must be an async function, got a Promise'],
  ])('%s', async (program, message) => {
    const run = await runTestProgram(program);
    expect(run.exitCode).toBe(2);
    expect(run.written).toMatch(/^timeloom: /);
    expect(run.written).toContain(pathOf(program));
    expect(run.written.endsWith(message)).toBe(true);
    expect(run.summary).toBeUndefined();
  });
});

test('the policy is as before, whatever happened', async () => {
  const before = getEventLoopPolicy();
  for (const program of ['script.ts', 'deadlock.ts', 'exception.ts', 'no-main.ts', 'no-such-file.ts']) {
    await runTestProgram(program);
    expect(getEventLoopPolicy()).toBe(before);
  }
});

test('bad arguments are refused by name', async () => {
  await expect(runProgram(42 as never)).rejects.toThrow(new TypeError('file must be a path, got 42'));
  await expect(runProgram('x.ts', { maxSteps: 0 })).rejects.toThrow(
    new RangeError('maxSteps must be a positive whole number or Infinity, got 0'),
  );
});

describe('the trace', () => {
  test('has a line for each step, with virtual time, turn, step and task', async () => {
    const run = await runTestProgram('default-coroutine.ts', { trace: true });
    const lines = run.written.split('\n');
    expect(lines).toHaveLength(1 + run.steps);
    expect(`\n${lines.slice(0, 4).join('\n')}\n`).toMatchInlineSnapshot(`
      "
               ms    turn    step  task
            0.000       1       1  Task-1      starts
           10.000       2       2  Task-1      sleep ends
           10.000       3       3  Task-1      resumes
      "
    `);
  });

  test('tells the loops of a program apart', async () => {
    const run = await runTestProgram('two-loops.ts', { trace: true });
    const marks = run.written.split('\n').filter((line) => /loop|starts/.test(line));
    expect(marks.filter((line) => line === 'loop 2')).toHaveLength(1);
    expect(marks.indexOf('loop 2')).toBeGreaterThan(0);
  });
});
