import { explore, replay, ReplayDivergedError, type Exploration, type Failure } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { chain, endless, lockOrder, lostUpdate, safeUpdate } from './programs.ts';

/** The one failure of a search that found one. */
function onlyFailure({ failures }: Exploration): Failure {
  expect(failures).toHaveLength(1);
  return failures[0]!;
}

describe('A search', () => {
  it('finds a race, shrinks it to one swap, and gives a token that replays it', async () => {
    const failure = onlyFailure(await explore(lostUpdate, { runs: 100 }));
    expect(failure).toMatchObject({ key: 'failed: AssertionError: balance is 10', count: 1 });
    expect(failure.schedule.differences).toHaveLength(1);
    expect(failure.token!.length).toBeLessThan(40);
    const { outcome } = await replay(lostUpdate, failure.token!);
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'balance is 10' } });
  });

  it('finds nothing where there is nothing, and says what it covered', async () => {
    const exploration = await explore(safeUpdate, { runs: 200 });
    expect(exploration).toMatchObject({ passed: true, runs: 200, failures: [] });
    expect(exploration.coverage).toMatch(/^PCT depth 3, 200 runs, .*missed with probability ≤/);
  });

  it('ends by itself when all orders were tried', async () => {
    const exploration = await explore(safeUpdate, { strategy: 'dfs', reorder: 'free', runs: 100_000 });
    expect(exploration.passed).toBe(true);
    expect(exploration.runs).toBeLessThan(100_000);
    expect(exploration.coverage).toContain('exhaustive');
  });

  it('needs one hold for a chain, however long it is', async () => {
    for (const length of [1, 4, 8]) {
      const failure = onlyFailure(await explore(chain(length), { runs: 1000, reorder: 'free' }));
      expect(failure.schedule.differences).toHaveLength(1);
      expect((await replay(chain(length), failure.token!, { reorder: 'free' })).outcome.kind).toBe('failed');
    }
  });

  it('finds deadlocks, with the wait graph', async () => {
    const failure = onlyFailure(await explore(lockOrder, { runs: 200, reorder: 'free' }));
    expect(failure.outcome).toMatchObject({ kind: 'deadlocked', error: { code: 'TIMELOOM_DEADLOCK' } });
    expect(failure.key).toBe('deadlocked: function()');
  });

  it('gives equal results for equal seeds', async () => {
    const search = (seed: number) => explore(lostUpdate, { seed, strategy: 'random' });
    expect(await search(5)).toEqual(await search(5));
    const runs = await Promise.all([1, 2, 3, 4, 5, 6].map(async (seed) => (await search(seed)).runs));
    expect(new Set(runs).size).toBeGreaterThan(1);
  });

  it('goes on after a failure if told to, and tells the different ones apart', async () => {
    const twoBugs = async ({
      choose,
      assert,
    }: {
      choose(size: number): number;
      assert(ok: boolean, m: string): void;
    }) => {
      const drawn = choose(4);
      assert(drawn !== 1, 'one');
      assert(drawn !== 3, 'three');
    };
    const { failures, runs } = await explore(twoBugs, { stopAtFirst: false, runs: 100, strategy: 'random' });
    expect(runs).toBe(100);
    expect(failures.map((failure) => failure.key).toSorted()).toEqual([
      'failed: AssertionError: one',
      'failed: AssertionError: three',
    ]);
    expect(failures.reduce((sum, failure) => sum + failure.count, 0)).toBeGreaterThan(20);
  });

  it('draws latencies, and shrinks them to the least that fails', async () => {
    const failure = onlyFailure(
      await explore(
        async ({ io, sleep, loop, assert }) => {
          const answer = io('answer', undefined, { latencyMs: [0, 15] });
          await sleep(5);
          assert(answer.done(), `no answer at ${loop.time() - 1000} ms`);
        },
        { strategy: 'random' },
      ),
    );
    expect(failure.schedule.differences).toEqual([{ kind: 'take', at: 0, option: 6 }]);
  });

  it('reports a program that is not deterministic, without a token', async () => {
    let runs = 0;
    const failure = onlyFailure(
      await explore(
        ({ assert, choose }) => {
          choose(2);
          runs++;
          assert(runs !== 3, 'the third run');
        },
        { strategy: 'random' },
      ),
    );
    expect(failure).toMatchObject({ token: null, firstRun: 3 });
  });

  it('fails where a stray callback does', async () => {
    const stray = onlyFailure(
      await explore(async ({ loop, sleep }) => {
        loop.callSoon(() => {
          throw new Error('in a callback');
        });
        await sleep(1);
      }),
    );
    expect(stray.key).toBe('failed: Error: in a callback');
  });

  it('leaves nothing running and lets finally blocks run', async () => {
    const log: string[] = [];
    await explore(
      async ({ loop, sleep }) => {
        loop.createTask(async () => {
          try {
            await sleep(1e6);
          } finally {
            log.push('finally');
          }
        });
        await sleep(1);
        throw new Error('main');
      },
      { runs: 1 },
    );
    expect(log.length).toBeGreaterThan(0);
  });
});

describe('Bad input', () => {
  it('is refused by name', async () => {
    await expect(explore(42 as never)).rejects.toThrow(/^explore\(\) expects a function, .*got 42$/);
    await expect(explore(safeUpdate, { runs: 0 })).rejects.toThrow('runs must be a positive whole number');
    await expect(explore(safeUpdate, { strategy: 'luck' })).rejects.toThrow(/^strategy must be one of .*got "luck"$/);
    await expect(explore(safeUpdate, { depth: 0 })).rejects.toThrow(/^depth must be/);
    await expect(explore(safeUpdate, { reorder: 'all' as never })).rejects.toThrow('reorder must be');
    await expect(replay(42 as never, 'tl1_')).rejects.toThrow(
      'replay() expects a function, or an object with load(), got 42',
    );
    await expect(replay(safeUpdate, 'nonsense')).rejects.toMatchObject({ code: 'TIMELOOM_TOKEN' });
  });

  it('such as a token of another program is told apart', async () => {
    const { token } = onlyFailure(await explore(chain(4), { reorder: 'free' }));
    await expect(replay(lostUpdate, token!, { reorder: 'free' })).rejects.toThrow(ReplayDivergedError);
    await expect(replay(() => 1, token!)).rejects.toThrow('it ended before 1 of the recorded differences');
  });

  it('such as a program that throws at once, never awaits, or never ends, is an outcome', async () => {
    const throwing = () => {
      throw new Error('at once');
    };
    expect(onlyFailure(await explore(throwing)).key).toBe('failed: Error: at once');
    expect((await explore(() => 1, { runs: 3 })).passed).toBe(true);
    const { outcome } = onlyFailure(await explore(endless, { runs: 1, maxSteps: 500 }));
    expect(outcome).toMatchObject({ kind: 'limited', error: { code: 'TIMELOOM_STEP_LIMIT' } });
  });

  it('of io and choose is refused by name', async () => {
    const keyOf = async (program: Parameters<typeof explore>[0]) =>
      onlyFailure(await explore(program, { runs: 1 })).key;
    expect(await keyOf(({ choose }) => choose(0))).toContain('size must be a positive whole number, got 0');
    expect(await keyOf(({ io }) => io(5 as never))).toContain('io() expects a label, a string, got 5');
    expect(await keyOf(({ io }) => io('x', 5 as never))).toContain('a callable object was expected by io(), got 5');
    expect(await keyOf(({ io }) => io('x', undefined, { latencyMs: [5, 1] }))).toContain(
      'latencyMs must be [least, longest]',
    );
    expect(await keyOf(({ io }) => io('x', undefined, { latencyMs: [Number.NaN, 1] }))).toContain(
      'latencyMs[0] must be',
    );
  });
});
