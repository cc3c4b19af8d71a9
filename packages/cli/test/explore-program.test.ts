import { describe, expect, test } from 'vitest';
import {
  exploreProgram,
  replayProgram,
  type ExitCode,
  type ExploreIo,
  type ExploreProgramOptions,
  type ReplayProgramOptions,
} from '../src/index.ts';
import { loader, pathOf } from './run-test-program.ts';

async function withIo(action: (io: ExploreIo) => Promise<ExitCode>) {
  const out: string[] = [];
  const err: string[] = [];
  const print = (text: string) => void out.push(text);
  const write = (text: string) => void err.push(text);
  const exitCode = await action({ print, write, progress: null, loader });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

const search = (program: string, options?: ExploreProgramOptions) =>
  withIo((io) => exploreProgram(pathOf(program), options, io));

const again = (program: string, token: string, options?: ReplayProgramOptions) =>
  withIo((io) => replayProgram(pathOf(program), token, options, io));

async function tokenOf(program: string): Promise<string> {
  const { out } = await search(program, { json: true });
  return (JSON.parse(out) as { failures: { token: string }[] }).failures[0]!.token;
}

describe('a search', () => {
  test('that finds nothing exits with 0 and one line', async () => {
    const { exitCode, out, err } = await search('safe-update.ts', { runs: 50 });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^No failure in 50 runs: .*$/);
  });

  test('that finds a failure exits with 1, and says how to replay it', async () => {
    const { exitCode, out, err } = await search('lost-update.ts', { latenessMs: 0, reorder: 'ready' });
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
    expect(out).toMatch(/^failed: AssertionError: balance is 10\n {2}first in run \d+, 1 time in all\n/);
    expect(out).toMatch(/ {2}replay: timeloom replay \S+lost-update\.ts tl1_\S+ --reorder ready --lateness 0\n/);
  });

  test('goes on after a failure if told to', async () => {
    const { exitCode, out } = await search('lost-update.ts', { runs: 100, keepGoing: true });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/\n\n1 failure in 100 runs: /);
  });

  test('prints JSON with plain errors', async () => {
    const { exitCode, out } = await search('lost-update.ts', { json: true });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      passed: false,
      failures: [{ outcome: { kind: 'failed', error: { name: 'AssertionError', message: 'balance is 10' } } }],
    });
  });
});

describe('a replay', () => {
  test('fails as recorded, and exits with 1', async () => {
    const { exitCode, out, err } = await again('lost-update.ts', await tokenOf('lost-update.ts'));
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
    expect(out).toMatch(/^AssertionError: balance is 10\n[^]*\nfailed, 0\.000 s of virtual time, \d+ steps$/);
  });

  test('exits with 0 if the program passes in that order, as one does that was mended', async () => {
    const { exitCode, out, err } = await again('safe-update.ts', await tokenOf('lost-update.ts'));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^passed, 0\.000 s of virtual time, \d+ steps$/);
  });

  test('writes its steps if told to, and the result as JSON', async () => {
    const options = { trace: true, json: true };
    const { out, err } = await again('lost-update.ts', await tokenOf('lost-update.ts'), options);
    expect(err).toMatch(/^ +ms +turn +step +task\n[^]* b waits$/m);
    expect(JSON.parse(out)).toMatchObject({ outcome: { kind: 'failed', error: { name: 'AssertionError' } } });
  });

  test('exits with 2 for what is no token, and for a program that does not take its steps', async () => {
    expect(await again('lost-update.ts', 'tl9')).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringMatching(/^timeloom: Not a replay token/),
    });
    expect(await again('without-choices.ts', await tokenOf('lost-update.ts'))).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringMatching(/^timeloom: Replay diverged/),
    });
  });
});

test.each([
  ['no-such-file.ts', 'no such file'],
  ['no-main.ts', 'has no program: export a function named program, which takes the context'],
  ['program-is-a-number.ts', 'exports a program that cannot be run: it must be a function, got 42'],
])('%s cannot be searched: exit code 2', async (program, message) => {
  const { exitCode, out, err } = await search(program);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain(`timeloom: ${pathOf(program)}`);
  expect(err.endsWith(message)).toBe(true);
});
