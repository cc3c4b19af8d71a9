import { gather, sleep } from '@timeloom/asyncio';
import { checkDeterminism, explore, formatFailure, type Program } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { lostUpdate, safeUpdate } from './programs.ts';

/** Values that the program gets from outside of the run, one a call. */
function outside(...values: readonly number[]): () => number {
  let calls = 0;
  return () => values[calls++ % values.length]!;
}

/** Fails in every run, and does something else in every second one. */
function moody(): Program {
  const mood = outside(0, 1);
  return async ({ io, assert }) => {
    await io('hello');
    if (mood() === 1) await io('something else');
    await io('end');
    assert(false, 'always');
  };
}

describe('A failing run is run twice', () => {
  it('and the first difference is reported, with what either run did, and where', async () => {
    const [failure] = (await explore(moody())).failures;
    expect(failure!.nondeterminism).toMatchObject({
      difference: {
        expected: { kind: 'scheduled', label: 'something else' },
        found: { kind: 'scheduled', label: 'end' },
      },
      expectedFrames: [{ place: expect.stringMatching(/determinism\.test\.ts:17:\d+$/) }],
      foundFrames: [{ place: expect.stringMatching(/determinism\.test\.ts:18:\d+$/) }],
      endings: ['failed: AssertionError: always', 'failed: AssertionError: always', 'failed: AssertionError: always'],
    });
    const text = formatFailure(failure!);
    expect(text).toContain('This program is not deterministic');
    expect(text).toMatch(/something else\n +at .*determinism\.test\.ts:17/);
    expect(text).toMatch(/usual suspects: Date, Math\.random, I\/O that is not marked .*, state kept between runs/);
    expect(text).toMatch(/Modules keep state, unless .* anew: timeloom explore --fresh, or freshProgram\(\)/);
  });

  it('and keeps its token if it fails in the same way all the same', async () => {
    const [failure] = (await explore(moody())).failures;
    expect(failure).toMatchObject({
      token: expect.stringMatching(/^tl1_/),
      explanation: { run: { outcome: 'failed' } },
    });
  });

  it('and has neither token nor explanation if it does not fail again', async () => {
    const third = outside(0, 0, 1);
    const [failure] = (
      await explore(
        ({ assert, choose }) => {
          choose(2);
          assert(third() === 0, 'the third run');
        },
        { strategy: 'random' },
      )
    ).failures;
    expect(failure).toMatchObject({
      firstRun: 3,
      token: null,
      explanation: null,
      nondeterminism: { difference: null, endings: ['failed: AssertionError: the third run', 'passed', 'passed'] },
    });
    const text = formatFailure(failure!);
    expect(text).toMatch(/not deterministic[^]*run 2: passed/);
    expect(text).not.toMatch(/ token: |replay/);
  });

  it('and nothing is reported of a program that is deterministic', async () => {
    const [failure] = (await explore(lostUpdate)).failures;
    expect(failure!.nondeterminism).toBeNull();
    expect(formatFailure(failure!)).not.toContain('deterministic');
  });
});

describe('A check for determinism', () => {
  it('finds nothing in a program that does the same each time, whether it passes or fails', async () => {
    for (const program of [safeUpdate, lostUpdate, () => 1]) expect(await checkDeterminism(program)).toBeNull();
  });

  it('finds a step at another time', async () => {
    const delay = outside(3, 4);
    const found = await checkDeterminism(async () => await sleep(delay()));
    expect(found).toMatchObject({
      difference: { expected: { kind: 'scheduled', when: 1003 }, found: { kind: 'scheduled', when: 1004 } },
      endings: ['passed', 'passed'],
    });
  });

  it('finds a value that was drawn from more', async () => {
    const size = outside(2, 3);
    const found = await checkDeterminism(({ choose }) => choose(size()));
    expect(found).toMatchObject({ difference: { expected: { kind: 'choice', size: 2 }, found: { size: 3 } } });
    expect(found!.foundFrames[0]!.place).toMatch(/determinism\.test\.ts:\d+:\d+$/);
  });

  it('finds what shows in another order only', async () => {
    let runs = 0;
    const program: Program = async ({ io }) => {
      const number = runs++;
      let first = '';
      const race = (name: string) => async () => {
        await io(name);
        first ||= name;
      };
      await gather([race('a'), race('b')]);
      if (first === 'b') await io(`run ${number}`);
    };
    expect(await checkDeterminism(program, { runs: 1 })).toBeNull();
    expect(await checkDeterminism(program, { runs: 50 })).toMatchObject({
      difference: { expected: { label: expect.stringMatching(/^run \d+$/) } },
    });
  });

  it('finds that only the end differs', async () => {
    const message = outside(1, 2);
    const found = await checkDeterminism(() => {
      throw new Error(`message ${message()}`);
    });
    expect(found).toMatchObject({
      difference: null,
      endings: ['failed: Error: message 1', 'failed: Error: message 2'],
    });
  });

  it('refuses bad options by name', async () => {
    await expect(checkDeterminism(safeUpdate, { runs: 0 })).rejects.toThrow('runs must be a positive whole number');
    await expect(checkDeterminism(42 as never)).rejects.toThrow('checkDeterminism() expects a function');
  });
});
