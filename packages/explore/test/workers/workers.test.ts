import {
  explore,
  makeStrategy,
  toPlain,
  WorkerError,
  type Exploration,
  type ExploreOptions,
  type Program,
  type ProgramModule,
} from '@timeloom/explore';
import { afterEach, describe, expect, it } from 'vitest';
import { lostUpdate } from '../programs.ts';

// Threads run the sources, as this test does. One a test, where one will do: each compiles them.
const typeScript = new URL('register-typescript.mjs', import.meta.url).href;
const execArgv = ['--conditions=@timeloom/source', '--import', typeScript];
const module = new URL('programs.ts', import.meta.url);

const search = (name: string, count: number, options: ExploreOptions = {}): Promise<Exploration> =>
  explore({ module, export: name }, { ...options, workers: { count, execArgv, maxRunMs: 1000 } });

const errorOf = async (searching: Promise<Exploration>): Promise<WorkerError> => {
  const error: unknown = await searching.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkerError);
  return error as WorkerError;
};

/** As data, without the stacks of errors, which say who called. */
function dataOf(exploration: Exploration): unknown {
  return JSON.parse(
    JSON.stringify(toPlain(exploration), (key, value: unknown) => (key === 'stack' ? undefined : value)),
  );
}

const alive = new Set<unknown>();

process.on('worker', (worker) => {
  alive.add(worker);
  worker.once('exit', () => alive.delete(worker));
});

/** A seed of a random walk, and the numbers of its first runs that draw these values, of 90. */
async function seedWhere(holds: (first: (values: readonly number[]) => number) => boolean): Promise<number> {
  for (let seed = 0; ; seed++) {
    const draws: number[] = [];
    const program: Program = ({ choose }) => void draws.push(choose(90));
    await explore(program, { strategy: 'random', seed, runs: 100 });
    const first = (values: readonly number[]): number => draws.findIndex((value) => values.includes(value));
    if (holds(first)) return seed;
  }
}

const failing = [0, 1, 2];
const exiting = [3, 4, 5];

describe('Threads', { timeout: 60_000, tags: 'threads' }, () => {
  afterEach(() => {
    if (alive.size > 0) throw new Error(`${alive.size} threads were left behind`);
  });

  it('find what the search in this thread finds', async () => {
    const options = { strategy: 'random', seed: 3, stopAtFirst: false, runs: 300 };
    const seen: [runs: number, threads: number][] = [];
    const onRun = (runs: number): void => void seen.push([runs, alive.size]);
    const found = await search('preparing', 2, { ...options, onRun });
    expect(dataOf(found)).toEqual(dataOf(await explore({ module, export: 'preparing' }, options)));
    expect(found.failures.map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'failed', error: { name: 'AssertionError', message: expect.stringMatching(/one|three/) } },
      { kind: 'failed', error: { name: 'AssertionError', message: expect.stringMatching(/one|three/) } },
    ]);
    expect(seen.at(-1)).toEqual([300, 2]);
    expect(seen).toEqual(seen.toSorted(([a], [b]) => a - b));
  });

  it('repeat their first runs, each of them its own', async () => {
    const options = { strategy: 'random', runs: 40 };
    const [once, ofItsThread] = await Promise.all([search('loadsOnce', 2, options), search('ofItsThread', 3, options)]);
    expect(once).toMatchObject({
      passed: true,
      runs: 40,
      nondeterminism: { difference: { expected: { label: 'load the settings' } } },
      coverage: 'no guarantee, because the program is not deterministic',
    });
    expect(ofItsThread).toMatchObject({ passed: true, runs: 40, nondeterminism: null });
  });

  it('that cannot repeat their first run are no reason to lose what was found', async () => {
    const { runs, nondeterminism } = await search('unrepeatable', 2, { strategy: 'random', runs: 40 });
    expect(runs).toBe(40);
    expect(nondeterminism).toMatchObject({ endings: ['it ended', expect.stringContaining('exit code 3')] });
  });

  it('that the program ends are told, with the run in which it did', async () => {
    let run = 0;
    const seed = await seedWhere((first) => {
      run = first(exiting) + 1;
      return run > 1 && first(failing) > run;
    });
    const error = await errorOf(search('wild', 2, { strategy: 'random', seed }));
    expect(error).toMatchObject({ code: 'TIMELOOM_WORKER', run, exploration: { passed: true, shard: null } });
    expect(error.message).toContain(
      `in run ${run}: the thread ended with exit code 3: does the program call process.exit()?`,
    );
  });

  it('that end behind the failure which ends the search do not matter', async () => {
    const seed = await seedWhere((first) => first(failing) > 1 && first(exiting) === first(failing) + 1);
    const found = await search('wild', 2, { strategy: 'random', seed });
    expect(found.failures).toMatchObject([{ key: 'failed: AssertionError: low', firstRun: found.runs }]);
  });

  it('find in a tree of choices what the search in this thread finds', async () => {
    const options = { strategy: 'dfs', runs: 20_000, stopAtFirst: false };
    const found = await search('manyOrders', 2, options);
    expect(found.ended).toBe('exhausted');
    expect(dataOf(found)).toEqual(dataOf(await explore({ module, export: 'manyOrders' }, options)));
  });

  it('that the program ends in a tree of choices are told, with what came before', async () => {
    const error = await errorOf(search('wild', 2, { strategy: 'dfs', stopAtFirst: false }));
    // The first three values fail, and the next one ends the thread.
    expect(error).toMatchObject({ run: 4, exploration: { runs: 3, failures: [{ firstRun: 1, count: 3 }] } });
    expect(error.message).toContain('in run 4: the thread ended with exit code 3');
    const before = await search('wild', 2, { strategy: 'dfs' });
    expect(before).toMatchObject({ ended: 'failure', runs: 1 });
  });

  it('that hang are ended, and told', async () => {
    const error = await errorOf(search('hanging', 1, { strategy: 'random' }));
    expect(error.run).toBeGreaterThan(0);
    expect(error.message).toMatch(
      /in run \d+: it took more than 1000 ms of real time: is there a loop that never awaits\?$/,
    );
  });

  it('are ended by an abort, whatever they do', async () => {
    const controller = new AbortController();
    const channel = new BroadcastChannel('hangs');
    channel.addEventListener('message', () => controller.abort());
    const { signal } = controller;
    const searching = explore({ module, export: 'hangs' }, { signal, workers: { count: 1, execArgv } });
    expect(await searching).toMatchObject({ ended: 'aborted', passed: true, runs: 0 });
    channel.close();
  });

  it('do not outlive what cannot be loaded', async () => {
    const error = await errorOf(search('notAProgram', 1));
    expect(error).toMatchObject({ run: null, cause: { name: 'TypeError' } });
    expect(error.message).toMatch(
      /^A worker could not go on before its first run: export "notAProgram" of file:.*\/programs\.ts must be a function/,
    );
  });

  // Node 22.18 and later run it themselves.
  it.skipIf('typescript' in process.features)('that cannot run TypeScript say what helps', async () => {
    const workers = { count: 1, execArgv: ['--conditions=@timeloom/source'] };
    const error = await errorOf(explore({ module }, { workers }));
    expect(error.message).toMatch(
      /: Unknown file extension ".ts" .*\. Threads do not inherit what runs TypeScript in this/,
    );
  });
});

describe('Bad input', () => {
  it('is refused by name, before a thread is made', async () => {
    const refused = (program: unknown, options: ExploreOptions): Promise<unknown> =>
      explore(program as ProgramModule, { workers: 2, ...options }).then(String, String);
    expect(await refused(lostUpdate, {})).toBe(
      'TypeError: workers need the program as a module, because a function cannot be sent to a thread: ' +
        "{ module: new URL('./program.ts', import.meta.url), export: 'program' }; got function lostUpdate",
    );
    expect(await refused({ module: './programs.ts' }, {})).toBe(
      'TypeError: module must be a file: URL, such as new URL(\'./program.ts\', import.meta.url), got "./programs.ts"',
    );
    expect(await refused({ module }, { strategy: 'dpor' })).toMatch(
      /^RangeError: workers needs a strategy whose runs can be made apart from each other: random, .*; got "dpor": what/,
    );
    expect(await refused({ module }, { strategy: makeStrategy('random', { seed: 0 }) })).toMatch(
      /^TypeError: strategy must be a name where there are workers, got /,
    );
    expect(await refused({ module }, { prepare: () => () => {} })).toMatch(
      /^TypeError: prepare is a function, and cannot/,
    );
    expect(await refused({ module }, { workers: 0 })).toMatch(/^RangeError: workers must be a positive whole number/);
    expect(await refused({ module }, { workers: Infinity })).toMatch(/^RangeError: workers must be a positive whole/);
    expect(await refused({ module }, { workers: { count: 2, maxRunMs: 0 } })).toMatch(/^RangeError: maxRunMs must be/);
    expect(await refused({ module }, { workers: { count: 2, execArgv: '--import' as never } })).toBe(
      'TypeError: execArgv must be an array of strings, got "--import"',
    );
  });
});
