import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

/** Programs that do not get on, in a process of their own: it is ended. */

// On a busy machine processes take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL('../bin/timeloom.js', import.meta.url));
const pathOf = (program: string): string => fileURLToPath(new URL(`programs/${program}`, import.meta.url));
// Without the runner's own options: a user's Node has none.
const env = { ...process.env, NODE_OPTIONS: '' };

interface Ended {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function timeloom(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    });
  });
}

// Longer than a busy machine keeps a process from running.
const impatient = ['--patience', '1000'];

describe('A step that does not end', () => {
  const file = pathOf('endless-step.ts');

  test('ends the search with exit code 4, and the run, the step, its place, and how to get there again', async () => {
    const { exitCode, stdout, stderr } = await timeloom(
      'explore',
      file,
      '--seed',
      '0',
      '--reorder',
      'ready',
      ...impatient,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    const lines = stderr.split('\n');
    const [, run, step] = /^timeloom: run (\d+) was in step (\d+) \(use\) for 1 s of real time:$/.exec(lines[0]!)!;
    expect(Number(step)).toBeGreaterThan(1);
    expect(lines[1]).toMatch(/^ {4}at waitFor \(.*endless-step\.ts:5:\d+\)$/);
    expect(lines[2]).toMatch(/^ {4}at use \(.*endless-step\.ts:18:\d+\)$/);
    expect(lines[3]).toMatch(/loop that never awaits/);
    const before = Number(run) - 1;
    expect(lines.slice(-3)).toEqual([
      `  once more: timeloom explore ${file} --runs ${run} --seed 0 --reorder ready`,
      `  only what came before (none failed): timeloom explore ${file} --runs ${before} --seed 0 --reorder ready`,
      '',
    ]);
    const passed = await timeloom('explore', file, '--runs', String(before));
    expect(passed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`No failure in ${before} runs`) });
  });

  test('is told of with Ctrl-C at once, and ends the process with exit code 130', async () => {
    const search = spawn(process.execPath, [bin, 'explore', pathOf('endless-announced.ts'), '--patience', '60000'], {
      env,
    });
    let stderr = '';
    search.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(search, 'close');
    // The program says when it is about to go no further.
    await once(search.stdout, 'data');
    search.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(stderr).toMatch(/^timeloom: run 1 was in step \d+ \(.+\) when it was interrupted:\n {4}at program \(/);
  });

  test('may be in a thread: its search ends, and names the run', async () => {
    // Longer, because threads are not told when a busy machine keeps them from running.
    const { exitCode, stdout, stderr } = await timeloom('explore', file, '--workers', '2', '--patience', '3000');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: expect.stringMatching(/^No failure in \d+ runs?/) });
    expect(stderr).toMatch(/^timeloom: A worker could not go on in run (\d+): it took more than 3000 ms/);
    expect(stderr).toMatch(/\n {2}to see where: timeloom explore \S+endless-step\.ts --runs \d+\n$/);
  });

  test('may be in a run that is made again because it failed, which is said', async () => {
    const { exitCode, stderr } = await timeloom('explore', pathOf('endless-after-failure.ts'), ...impatient);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^timeloom: run \d+ failed; when it was run again, it was in step 1 \(Task-1 starts\) for/);
  });

  test('ends a replay', async () => {
    const found = await timeloom('explore', pathOf('lost-update.ts'), '--json');
    const { failures } = JSON.parse(found.stdout) as { failures: readonly { token: string }[] };
    const { exitCode, stderr } = await timeloom(
      'replay',
      pathOf('endless-announced.ts'),
      failures[0]!.token,
      ...impatient,
    );
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^timeloom: the replay was in step \d+ \(.+\) for 1 s of real time:\n {4}at program \(/);
    expect(stderr).not.toContain('once more');
  });
});

test('An import that does not end is told of as such', async () => {
  const { exitCode, stderr } = await timeloom('explore', pathOf('endless-import.ts'), ...impatient);
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/^timeloom: \S+endless-import\.ts was still being imported after 1 s of real time: .*\n/);
  expect(stderr).toMatch(/\n {4}at .*endless-import\.ts:5:1\)?\n$/);
});

test('Steps that end may keep the host from running for longer than one step may', async () => {
  const options = ['--patience', '500', '--strategy', 'fifo', '--nondeterminism', 'ignore'];
  const { exitCode, stderr } = await timeloom('explore', pathOf('slow-steps.ts'), ...options);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});
