import {
  explore,
  formatExploration,
  fromPlain,
  mergeExplorations,
  strategies,
  toPlain,
  type Exploration,
  type PlainExploration,
  type Program,
} from '@timeloom/explore';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeUpdate } from './programs.ts';

/** What a module keeps: it loads its settings once, in the first run of a search. */
function loadsOnce(): Program {
  let loaded = false;
  return async ({ io, choose }) => {
    if (!loaded) await io('load the settings');
    loaded = true;
    await io('work');
    choose(2);
  };
}

/** Does the same in each run, and counts them. */
function counted(program: Program = safeUpdate): { readonly program: Program; readonly runs: () => number } {
  let runs = 0;
  const counting: Program = (context) => {
    runs++;
    return program(context);
  };
  return { program: counting, runs: () => runs };
}

const viaJson = (exploration: Exploration): Exploration =>
  fromPlain(JSON.parse(JSON.stringify(toPlain(exploration))) as PlainExploration);

const noGuarantee = 'no guarantee, because the program is not deterministic';

describe('A search repeats its first run at its end', () => {
  it('and says where it went another way, and that there is no guarantee', async () => {
    const exploration = await explore(loadsOnce(), { strategy: 'random', runs: 20 });
    expect(exploration).toMatchObject({
      passed: true,
      runs: 20,
      failures: [],
      coverage: noGuarantee,
      nondeterminism: {
        difference: { expected: { label: 'load the settings' }, found: { label: 'work' } },
        expectedFrames: [],
        foundFrames: [{ place: expect.stringMatching(/repeated-run\.test\.ts:22:\d+$/) }],
        endings: ['passed', 'passed'],
      },
    });
    const text = formatExploration(exploration);
    expect(text).toMatch(/^Not deterministic: when its first run was repeated at the end of the search, it was not/);
    expect(text).toMatch(/in the first run\n.*load the settings\n.*in its repetition\n.*work\n +at .*repeated-run/);
    expect(text).toMatch(/usual suspects: Date, .*\n.*timeloom explore --fresh, or freshProgram\(\)\.\n/);
    expect(text).toMatch(/\n\nNo failure in 20 runs: no guarantee, because the program is not deterministic$/);
  });

  it('and also where only its end is another', async () => {
    let runs = 0;
    const program: Program = ({ choose }) => {
      choose(2);
      if (++runs > 10) throw new Error('the tenth run was too much');
    };
    const { passed, nondeterminism } = await explore(program, { strategy: 'random', runs: 10 });
    expect([passed, nondeterminism?.difference]).toEqual([true, null]);
    expect(nondeterminism!.endings).toEqual(['passed', 'failed: Error: the tenth run was too much']);
  });

  it('and also where the same is scheduled, but not all of it runs', async () => {
    let runs = 0;
    const program: Program = async ({ loop, sleep }) => {
      const handle = loop.callSoon(() => {});
      if (++runs > 1) handle.cancel();
      await sleep(1);
    };
    const { nondeterminism } = await explore(program, { strategy: 'fifo' });
    expect(nondeterminism!.difference).toBeNull();
    const [first, second] = nondeterminism!.endings.map((ending) => /^passed, (\d) steps, 1 ms$/.exec(ending)![1]);
    expect(Number(first) - Number(second)).toBe(1);
  });

  it('once, however the search ended, and does not count that', async () => {
    const controller = new AbortController();
    const onRun = (runs: number): void => void (runs === 5 && controller.abort());
    for (const [options, ended] of [
      [{}, 'runs'],
      [{ strategy: 'dfs' }, 'exhausted'],
      [{ signal: controller.signal, onRun }, 'aborted'],
    ] as const) {
      const { program, runs } = counted();
      const exploration = await explore(program, { runs: 100, ...options });
      expect(exploration).toMatchObject({ ended, nondeterminism: null });
      expect(runs()).toBe(exploration.runs + 1);
    }
  });

  it('but makes no run if there was none', async () => {
    const { program, runs } = counted();
    expect(await explore(program, { signal: AbortSignal.abort() })).toMatchObject({ nondeterminism: null, runs: 0 });
    expect(runs()).toBe(0);
  });

  it('and finds nothing in a program that makes all it needs anew, whatever the strategy', async () => {
    const names = Object.keys(strategies).filter((name) => name !== 'dpor');
    const searches = fc.record({ strategy: fc.constantFrom(...names), seed: fc.integer() });
    const programs = fc.array(fc.array(fc.constantFrom('io', 'sleep', 'choose'), { maxLength: 4 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(programs, searches, async (lanes, options) => {
        const program: Program = async ({ io, sleep, choose }) => {
          const lane = async (steps: readonly string[]): Promise<void> => {
            for (const step of steps) {
              if (step === 'io') await io('io');
              else if (step === 'sleep') await sleep(choose(3));
              else choose(2);
            }
          };
          await Promise.all(lanes.map(lane));
        };
        expect(await explore(program, { ...options, runs: 8 })).toMatchObject({ nondeterminism: null });
      }),
      { numRuns: 60 },
    );
  });

  it('and tells of it once where a failure has told the same', async () => {
    let loaded = false;
    const program: Program = async ({ io, choose, assert }) => {
      if (!loaded) await io('load');
      loaded = true;
      assert(choose(4) !== 1, 'one');
    };
    const exploration = await explore(program, { strategy: 'random' });
    expect(exploration).toMatchObject({ failures: [{ nondeterminism: null }], coverage: noGuarantee });
    expect(formatExploration(exploration)).toMatch(/ token: [^]*\n\nNot deterministic: [^]*\n\n1 failure in .*: no g/);
    const [failure] = exploration.failures;
    const { nondeterminism } = exploration;
    const told = formatExploration({ ...exploration, failures: [{ ...failure!, nondeterminism }] });
    expect(told).not.toContain('Not deterministic: ');
    expect(told).toContain('This program is not deterministic: ');
  });
});

describe('What becomes of a search whose first run differs', () => {
  it('is that it fails, if it is told to', async () => {
    const exploration = await explore(loadsOnce(), { nondeterminism: 'error', strategy: 'random', runs: 5 });
    expect(exploration).toMatchObject({ passed: false, failures: [], coverage: noGuarantee });
    expect(formatExploration(exploration)).toMatch(/^failed: not deterministic: when its first run was repeated/);
    expect(await explore(safeUpdate, { nondeterminism: 'error' })).toMatchObject({ passed: true });
  });

  it('is nothing, without another run, if nobody wants to know', async () => {
    const { program, runs } = counted(loadsOnce());
    const exploration = await explore(program, { nondeterminism: 'ignore', strategy: 'random', runs: 5 });
    expect(exploration).toMatchObject({ passed: true, nondeterminism: null });
    expect(exploration.coverage).toContain('random walk');
    expect(runs()).toBe(5);
  });

  it('is kept by JSON, and by a merge of shards, of which one may tell for all', async () => {
    const options = { strategy: 'random', runs: 20, nondeterminism: 'error' } as const;
    const first = viaJson(await explore(safeUpdate, { ...options, shard: '1/2' }));
    const second = await explore(loadsOnce(), { ...options, shard: '2/2' });
    expect(viaJson(second).nondeterminism).toEqual(second.nondeterminism);
    const merged = mergeExplorations([viaJson(second), first]);
    expect(merged).toMatchObject({ passed: false, failures: [], runs: 20, coverage: noGuarantee });
    expect(merged.nondeterminism).toEqual(second.nondeterminism);
    expect(first.coverage).toContain('random walk');
  });

  it('must be one of three words', async () => {
    const search = explore(safeUpdate, { nondeterminism: 'fail' as never });
    await expect(search).rejects.toThrow("nondeterminism must be 'error', 'warn' or 'ignore', got \"fail\"");
  });
});
