import { explore, type Program } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { endless, lostUpdate, safeUpdate } from './programs.ts';

/** Takes real time, without being interrupted. */
function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('A search ends', () => {
  it('with all its runs', async () => {
    expect(await explore(safeUpdate, { runs: 7 })).toMatchObject({ ended: 'runs', runs: 7 });
  });

  it('with a failure, or with all its runs if it is to go on', async () => {
    expect(await explore(lostUpdate, { runs: 100 })).toMatchObject({ ended: 'failure', passed: false });
    expect(await explore(lostUpdate, { runs: 100, stopAtFirst: false })).toMatchObject({
      ended: 'runs',
      passed: false,
    });
  });

  it('when there is nothing left to try', async () => {
    expect(await explore(() => {})).toMatchObject({ ended: 'exhausted', runs: 1 });
    expect(await explore(safeUpdate, { strategy: 'dfs', runs: Infinity })).toMatchObject({ ended: 'exhausted' });
  });

  it('when its time is over, between two runs', { tags: 'real-time' }, async () => {
    const slow: Program = ({ choose }) => {
      burn(3);
      choose(2);
    };
    const exploration = await explore(slow, { strategy: 'random', runs: Infinity, maxTimeMs: 10 });
    expect(exploration).toMatchObject({ ended: 'time', passed: true });
    expect(exploration.runs).toBeGreaterThan(0);
    expect(exploration.runs).toBeLessThan(5);
    expect(exploration.coverage).toContain(`random walk, ${exploration.runs} run`);
  });

  it('when it is aborted, with what it found so far', async () => {
    const controller = new AbortController();
    const exploration = await explore(lostUpdate, {
      runs: 1000,
      stopAtFirst: false,
      signal: controller.signal,
      onRun: (runs) => runs === 60 && controller.abort(),
    });
    expect(exploration).toMatchObject({ ended: 'aborted', runs: 60, passed: false });
    expect(exploration.failures[0]!.token).toMatch(/^tl1_/);
  });

  it('before it begins, if it was aborted by then', async () => {
    const exploration = await explore(lostUpdate, { signal: AbortSignal.abort() });
    expect(exploration).toMatchObject({ ended: 'aborted', runs: 0, passed: true, failures: [] });
  });

  it('at a run that takes too many steps', async () => {
    const { failures, ended } = await explore(endless, { maxSteps: 100 });
    expect(ended).toBe('failure');
    expect(failures).toMatchObject([{ outcome: { kind: 'limited' }, firstRun: 1 }]);
  });
});

describe('A failure at the end of the time', { tags: 'real-time' }, () => {
  const search = { seed: 0, strategy: 'random' };

  /** A lost update, one of whose runs takes its time. */
  const slowInRun = (number: number): Program => {
    let begun = 0;
    return async (context) => {
      if (++begun === number) burn(210);
      await lostUpdate(context);
    };
  };

  it('is shrunk, for as long as the search had at most', async () => {
    const quick = await explore(lostUpdate, search);
    const slow = await explore(slowInRun(quick.runs), { ...search, maxTimeMs: 200 });
    expect(slow.ended).toBe('failure');
    expect(slow.failures).toMatchObject([{ firstRun: quick.runs, token: quick.failures[0]!.token }]);
  });

  it('is left as it is when that is over', async () => {
    const [quick] = (await explore(lostUpdate, search)).failures;
    expect(quick!.schedule.differences.length).toBeLessThan(quick!.differencesBefore);
    // Two runs see whether it fails again; the next is the first of those that shrink it.
    const slow = await explore(slowInRun(quick!.firstRun + 3), { ...search, maxTimeMs: 200 });
    expect(slow.failures[0]!.schedule.differences).toHaveLength(quick!.differencesBefore);
    expect(slow.failures[0]!.token).toMatch(/^tl1_/);
  });
});

describe('Bad input', () => {
  it('is refused by name', async () => {
    await expect(explore(safeUpdate, { maxTimeMs: 0 })).rejects.toThrow('maxTimeMs must be a positive whole number or');
    await expect(explore(safeUpdate, { maxTimeMs: '1s' as never })).rejects.toThrow(TypeError);
    await expect(explore(safeUpdate, { signal: {} as never })).rejects.toThrow('signal must be an AbortSignal, got');
    await expect(explore(safeUpdate, { signal: null as never })).rejects.toThrow('signal must be an AbortSignal, got');
  });
});
