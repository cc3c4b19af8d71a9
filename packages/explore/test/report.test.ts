import { explore, formatExploration, type Exploration, type Failure } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { lockOrder, lostUpdate, safeUpdate } from './programs.ts';

const failure: Failure = {
  key: 'failed: Error: lost',
  outcome: { kind: 'failed', error: new Error('lost\nand more') },
  firstRun: 4,
  count: 2,
  schedule: {
    differences: [
      { kind: 'take', at: 0, option: 5 },
      { kind: 'hold', at: 3, option: 0, until: 7 },
    ],
  },
  differencesBefore: 9,
  token: 'tl1_AAAA',
};

const failed: Exploration = { passed: false, runs: 10, failures: [failure], coverage: 'ten of them' };

describe('The report of a search', () => {
  it('is one line if it found nothing', async () => {
    const text = formatExploration(await explore(safeUpdate, { runs: 20 }));
    expect(text).toMatch(/^No failure in 20 runs: PCT depth 3, .*$/);
  });

  it('says how it fails, in which order, and how to replay that', () => {
    expect(`\n${formatExploration(failed)}\n`).toMatchInlineSnapshot(`
      "
      failed: Error: lost
        and more
        first in run 4, 2 times in all
        schedule: first in, first out, but (9 before shrinking)
          take option 5 at choice 0
          hold back option 0 at choice 3 until choice 7
        token: tl1_AAAA
        replay: replay(program, 'tl1_AAAA')

      1 failure in 10 runs: ten of them
      "
    `);
  });

  it('replays by command, with the options of the search, if the file is known', () => {
    const text = formatExploration(failed, { program: "it's here.ts", replayOptions: ['--reorder', 'free'] });
    expect(text).toContain(String.raw`  replay: timeloom replay 'it'\''s here.ts' tl1_AAAA --reorder free`);
    expect(formatExploration(failed, { program: 'a/b.ts' })).toContain('timeloom replay a/b.ts tl1_AAAA\n');
  });

  it('has no token for a program that is not deterministic, and names the usual suspects', () => {
    const text = formatExploration({ ...failed, failures: [{ ...failure, token: null }] });
    expect(text).toMatch(/not deterministic[^]*Date, Math\.random, I\/O .*, state kept between runs/);
    expect(text).not.toMatch(/ token: |replay/);
  });

  it('says so if the order of arrival fails', () => {
    const text = formatExploration({ ...failed, failures: [{ ...failure, schedule: { differences: [] } }] });
    expect(text).toContain('\n  schedule: first in, first out\n');
  });

  it('has the wait graph of a deadlock', async () => {
    const text = formatExploration(await explore(lockOrder, { runs: 200, reorder: 'free' }));
    expect(text).toMatch(/^deadlocked: DeadlockError: Deadlock at \d+ ms.*\n {2,}Task-\d/);
  });

  it('takes failures that are no errors', () => {
    const outcome = { kind: 'failed', error: 'text' } as const;
    const text = formatExploration({ ...failed, failures: [{ ...failure, key: 'failed: text', outcome }] });
    expect(text).toMatch(/^failed: text\n {2}first in run 4/);
  });
});

it('A search tells of each run', async () => {
  const seen: number[] = [];
  const { runs } = await explore(lostUpdate, { onRun: (number) => void seen.push(number) });
  expect(seen).toEqual(Array.from({ length: runs }, (_, i) => i + 1));
});
