import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  exploreProgram,
  mergeShards,
  replayProgram,
  type ExitCode,
  type ExplorationDocument,
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

const search = (program: string, options?: ExploreProgramOptions, more?: ExploreIo) =>
  withIo((io) => exploreProgram(pathOf(program), options, { ...io, ...more }));

function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'timeloom-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

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
    expect(out).toMatch(
      /^failed: AssertionError: balance is 10\n {2}at program \(.*lost-update\.ts:14:3\)\n {2}first in run \d+/,
    );
    expect(out).toMatch(/ {2}replay: timeloom replay \S+lost-update\.ts tl1_\S+ --reorder ready --lateness 0\n/);
  });

  test('has the timers and dates of the host on its loops, also those that a module kept', async () => {
    const { setTimeout, Date } = globalThis;
    const { exitCode, out } = await search('timer-race.ts');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^failed: AssertionError: timeout after 100 ms\n/);
    expect(globalThis).toMatchObject({ setTimeout, Date });
    expect(await again('timer-race.ts', await tokenOf('timer-race.ts'))).toMatchObject({ exitCode: 1, err: '' });
  });

  test('makes a program of load() anew for each run', async () => {
    const { exitCode, out } = await search('loaded-anew.ts', { runs: 10, strategy: 'random' });
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/^No failure in 10 runs/) });
  });

  test('has tables as wide as told', async () => {
    const widest = async (width: number) => {
      const { out } = await search('lost-update.ts', {}, { width });
      return Math.max(...[...out.matchAll(/^.*[│┌└].*$/gmu)].map(([line]) => line.length));
    };
    expect(await widest(60)).toBeLessThanOrEqual(60);
    expect(await widest(200)).toBeGreaterThan(100);
  });

  test('goes on after a failure if told to', async () => {
    const { exitCode, out } = await search('fails-twice.ts', { runs: 100, keepGoing: true, strategy: 'random' });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/\n\n2 failures in 100 runs: /);
  });

  test('that is aborted exits with 130 and says so', async () => {
    const { exitCode, out } = await search('safe-update.ts', {}, { signal: AbortSignal.abort() });
    expect({ exitCode, out }).toEqual({
      exitCode: 130,
      out: expect.stringMatching(/^No failure in 0 runs, interrupted/),
    });
  });

  test('that cannot repeat its first run says so, in text and in JSON, and fails if it is to', async () => {
    const exitCodeOf = async (options: ExploreProgramOptions) => (await search('loads-once.ts', options)).exitCode;
    const { exitCode, out } = await search('loads-once.ts', { runs: 20 });
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^Not deterministic: [^]*load the settings[^]*\n\nNo failure in 20 runs: no guarantee, because/,
    );
    const document = JSON.parse((await search('loads-once.ts', { json: true })).out) as ExplorationDocument;
    expect(document).toMatchObject({
      passed: true,
      coverage: expect.stringMatching(/^no guarantee/),
      nondeterminism: { difference: { expected: { label: 'load the settings' } } },
    });
    expect(await exitCodeOf({ nondeterminism: 'error' })).toBe(1);
    expect(await exitCodeOf({ nondeterminism: 'ignore' })).toBe(0);
  });

  test('prints JSON of a version, with plain errors, the explanation, and how to replay it', async () => {
    const { exitCode, out } = await search('lost-update.ts', { json: true, reorder: 'free' });
    expect(exitCode).toBe(1);
    const document = JSON.parse(out) as ExplorationDocument;
    expect(document).toMatchObject({ command: 'explore', version: 1, passed: false, ended: 'failure', shard: null });
    const [failure] = document.failures;
    expect(failure).toMatchObject({
      key: 'failed: AssertionError: balance is 10',
      outcome: { kind: 'failed', error: { name: 'AssertionError', message: 'balance is 10' } },
      nondeterminism: null,
      explanation: { run: { outcome: 'failed' }, swaps: [{ kind: 'held' }], neighbour: { run: { outcome: 'passed' } } },
      replay: `timeloom replay ${pathOf('lost-update.ts')} ${failure!.token} --reorder free`,
    });
  });

  test('prints JSON whose fields are all in the README', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const section = readme.slice(readme.indexOf('### JSON'), readme.indexOf('## In code'));
    const documents = [
      await search('lost-update.ts', { json: true }),
      await search('fails-twice.ts', { json: true, strategy: 'random' }),
    ];
    const names = new Set<string>();
    const note = (key: string, value: unknown): unknown => {
      names.add(key);
      return value;
    };
    for (const { out } of documents) JSON.parse(out, note);
    const code = [...section.matchAll(/`[^`]+`/g)].join(' ');
    const isDocumented = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
    const undocumented = [...names].filter((name) => /^[a-z]/i.test(name) && !isDocumented(name));
    expect(undocumented).toEqual([]);
    expect(names).toContain('neighbour');
  });

  test('refuses bad options with exit code 2, naming them', async () => {
    const refused: [ExploreProgramOptions, string][] = [
      [{ runs: 0 }, 'runs must be a positive whole number'],
      [{ depth: 0 }, 'depth must be'],
      [{ strategy: 'luck' }, 'strategy must be one of'],
      [{ shard: '3/2' }, 'shard must be i/n'],
      [{ latenessMs: -1 }, 'latenessMs must be'],
      [{ nondeterminism: 'fail' as never }, "nondeterminism must be 'error', 'warn' or 'ignore'"],
    ];
    for (const [options, message] of refused) {
      const { exitCode, out, err } = await search('safe-update.ts', options);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).toMatch(new RegExp(`^timeloom: ${message}`));
    }
  });
});

describe('The shards of a search', () => {
  const shards = async (...files: string[]) => {
    for (const [index, file] of files.entries()) {
      const shard = `${index + 1}/${files.length}`;
      const { out } = await search('fails-twice.ts', { json: true, keepGoing: true, strategy: 'random', shard });
      writeFileSync(file, out);
    }
  };

  test('are merged to the whole search', async () => {
    using directory = temporaryDirectory();
    const files = ['a.json', 'b.json', 'c.json'].map((name) => join(directory.path, name));
    await shards(...files);
    const merged = await withIo(async (io) => mergeShards(files, {}, io));
    expect(merged).toMatchObject({ exitCode: 1, err: '' });
    expect(merged.out).toMatch(/ {2}replay: timeloom replay \S+fails-twice\.ts tl1_[^]*\n\n2 failures in 1,000 runs: /);
    const again = await withIo(async (io) => mergeShards(files.toReversed(), { json: true }, io));
    expect(JSON.parse(again.out)).toMatchObject({ command: 'explore', runs: 1000, shard: null });
  });

  test('are refused with exit code 2 if one is missing, or is no shard', async () => {
    using directory = temporaryDirectory();
    const files = ['a.json', 'b.json'].map((name) => join(directory.path, name));
    await shards(...files);
    const noShard = join(directory.path, 'c.json');
    writeFileSync(noShard, '{}');
    const refused = async (...names: string[]) => await withIo(async (io) => mergeShards(names, {}, io));
    expect(await refused(files[1]!)).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining('1/2 missing'),
    });
    expect(await refused(noShard)).toMatchObject({ exitCode: 2, err: expect.stringContaining('c.json is not what') });
    expect(await refused(`${noShard}x`)).toMatchObject({ exitCode: 2, err: expect.stringContaining('no such file') });
  });
});

describe('a replay', () => {
  test('fails as recorded, shows its steps, and exits with 1', async () => {
    const { exitCode, out, err } = await again('lost-update.ts', await tokenOf('lost-update.ts'));
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
    expect(out).toMatch(/^failed: AssertionError: balance is 10\n/);
    expect(out).toMatch(
      /\n {6}ms {2}Task-1[^]*\n {2}┌ [^]*\n {2}└ 1000 [^]*\n\nfailed, 0\.000 s of virtual time, \d+ steps$/,
    );
  });

  test('exits with 0 if the program passes in that order, as one does that was mended', async () => {
    const { exitCode, out, err } = await again('mended-update.ts', await tokenOf('lost-update.ts'));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/passes\n\npassed, 0\.000 s of virtual time, \d+ steps$/);
  });

  test('writes its steps if told to, and the result as JSON', async () => {
    const options = { trace: true, json: true };
    const { out, err } = await again('lost-update.ts', await tokenOf('lost-update.ts'), options);
    expect(err).toMatch(/^ +ms +turn +step +task\n[^]* b waits$/m);
    expect(JSON.parse(out)).toMatchObject({
      command: 'replay',
      version: 1,
      outcome: { kind: 'failed', error: { name: 'AssertionError' } },
      run: { outcome: 'failed', lanes: ['Task-1', 'Task-2', 'Task-3'] },
    });
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
  [
    'program-is-a-number.ts',
    'exports a program that cannot be run: it must be a function, or an object with load(), got 42',
  ],
])('%s cannot be searched: exit code 2', async (program, message) => {
  const { exitCode, out, err } = await search(program);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain(`timeloom: ${pathOf(program)}`);
  expect(err.endsWith(message)).toBe(true);
});
