import { createTask, gather, Lock, sleep } from '@timeloom/asyncio';
import { explore, type ExploreOptions, type Explanation, type HeldSwap, type Program } from '@timeloom/explore';
import { ScheduleFollower, type Schedule } from '@timeloom/trace';
import { describe, expect, it } from 'vitest';
import { execute } from '../../src/execution.ts';
import { explainRun } from '../../src/report/explain.ts';
import { chain, lostUpdate } from '../programs.ts';
import { order } from './order.ts';

async function explanationOf(program: Program, options?: ExploreOptions): Promise<Explanation> {
  const { failures } = await explore(program, options);
  return failures[0]!.explanation!;
}

/** The one swap of an explanation, which is of a held step. */
function heldSwap({ swaps }: Explanation): HeldSwap {
  expect(swaps).toMatchObject([{ kind: 'held' }]);
  return swaps[0] as HeldSwap;
}

/** `order.ts:9` for `/a/b/order.ts:9:11`. */
function lineOf(place: string | undefined): string | undefined {
  return /([^/]+:\d+):\d+$/.exec(place ?? '')?.[1];
}

describe('An explanation', () => {
  it('names the step that was held back, the last one that overtook it, and where both were made', async () => {
    const explanation = await explanationOf(order);
    const { held, overtaker, overtakers, from } = heldSwap(explanation);
    expect(explanation.run.lanes).toEqual(['Task-1', 'Task-2', 'Task-3']);
    expect({ from, overtakers }).toEqual({ from: 4, overtakers: 2 });
    expect(held).toMatchObject({ number: 6, lane: 1, label: 'payment', cause: 'scheduled' });
    expect(overtaker).toMatchObject({ number: 5, lane: 2, label: 'read the rules' });
    expect([held, overtaker!].map(({ frames }) => lineOf(frames[0]?.place))).toEqual(['order.ts:9', 'order.ts:14']);
    expect(held.frames[0]!.name).toBe('sell');
  });

  it('names the wait of a task that was held back, and that of the task that overtook it', async () => {
    const program: Program = async ({ assert }) => {
      let seen = '';
      const say = async (word: string) => {
        await sleep(5);
        seen += word;
      };
      await gather([() => say('a'), () => say('b')]);
      assert(seen === 'ab', `seen ${seen}`);
    };
    const { held, overtaker } = heldSwap(await explanationOf(program));
    expect([held.cause, overtaker!.cause]).toEqual(['awaited', 'awaited']);
    expect(held.frames[0]!.name).toBe('say');
    expect(lineOf(held.frames[0]!.place)).toMatch(/^explanation\.test\.ts:\d+$/);
  });

  it('has a neighbour that passes, and is one difference away', async () => {
    for (const program of [order, lostUpdate, chain(3)]) {
      const { failures } = await explore(program, { reorder: 'free' });
      const { neighbour } = failures[0]!.explanation!;
      const { outcome } = await execute(program, new ScheduleFollower(neighbour!.schedule), { reorder: 'free' });
      expect(outcome.kind).toBe('passed');
      expect(neighbour!.run).toMatchObject({ outcome: 'passed', error: null });
      const [one, other] = [failures[0]!.schedule, neighbour!.schedule].map(({ differences }) => differences);
      const same = one!.filter((a) => other!.some((b) => JSON.stringify(a) === JSON.stringify(b)));
      expect(Math.max(one!.length, other!.length) - same.length).toBe(1);
    }
  });

  it('has a neighbour with a swap more if first in, first out fails', async () => {
    const explanation = await explanationOf(async ({ io, assert }) => {
      const log: string[] = [];
      await gather(['a', 'b'].map((name) => async () => void (await io(name, () => log.push(name)))));
      assert(log[0] === 'b', 'a came first');
    });
    expect(explanation).toMatchObject({ swaps: [], neighbour: { change: 'added', run: { outcome: 'passed' } } });
  });

  it('has a neighbour within few runs, though the schedule was not shrunk', async () => {
    let runs = 0;
    const program: Program = async ({ io, assert }) => {
      runs++;
      const log: number[] = [];
      await Promise.all(Array.from({ length: 200 }, (_, i) => io(`operation ${i}`, () => log.push(i))));
      assert(
        log.every((i, place) => i === place),
        'out of order',
      );
    };
    const explanation = await explanationOf(program, { strategy: 'random', shrinkRuns: 0 });
    expect(explanation.swaps.length).toBeGreaterThan(100);
    expect(explanation.neighbour?.change).toBe('fifo');
    expect(runs).toBeLessThan(100);
  });

  it('has no neighbour if every order fails', async () => {
    const explanation = await explanationOf(async ({ io }) => {
      await gather([io('a'), io('b')]);
      throw new Error('always');
    });
    expect(explanation).toMatchObject({ swaps: [], neighbour: null, run: { error: { message: 'always' } } });
  });

  it('says that a held step never ran, if the run ended before it', async () => {
    const program: Program = async ({ io }) => {
      createTask(async () => await io('answer'), { name: 'server' });
      for (;;) await io('look');
    };
    const held: Schedule = { differences: [{ kind: 'hold', at: 1, option: 1, until: 1e6 }] };
    const { run, swaps } = await explainRun(program, held, { maxSteps: 20 });
    expect(run.error).toMatchObject({ name: 'StepLimitError' });
    expect(swaps).toMatchObject([
      { held: { number: null, lane: 1, label: 'answer' }, overtaker: { number: 20, label: 'look' } },
    ]);
  });

  it('of a deadlock has the steps that led there, and what is thrown has no frames but places of waits', async () => {
    const program: Program = async ({ io }) => {
      const [left, right] = [new Lock(), new Lock()];
      const eat = (first: Lock, second: Lock) => async () => {
        await first.with(async () => {
          await io('think');
          await second.with(async () => await io('eat'));
        });
      };
      const late = async () => {
        await io('come late');
        await io('sit down');
        await eat(right, left)();
      };
      await gather([eat(left, right), late]);
    };
    const explanation = await explanationOf(program, { reorder: 'free' });
    expect(explanation.run).toMatchObject({ outcome: 'deadlocked', error: { name: 'DeadlockError', frames: [] } });
    expect(explanation.neighbour!.run.outcome).toBe('passed');
  });

  it('of a drawn value says what was taken, what is the least, and where it was drawn', async () => {
    const { swaps } = await explanationOf(({ choose, assert }) => {
      const size = choose(10, 'size');
      assert(size < 7, 'too large');
    });
    expect(swaps).toMatchObject([{ kind: 'drawn', taken: 'size: 7', least: 'size: 0', time: 1000 }]);
  });

  it('survives JSON', async () => {
    const programs: Program[] = [order, lostUpdate, ({ choose, assert }) => assert(choose(3) < 2, 'two')];
    for (const program of programs) {
      const explanation = await explanationOf(program);
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    }
  });

  it('of a long run leaves out steps in the middle, and none of its swaps', async () => {
    const program: Program = async ({ io, assert }) => {
      const log: string[] = [];
      for (let i = 0; i < 600; i++) await sleep(1);
      await gather(['a', 'b'].map((name) => async () => void (await io(name, () => log.push(name)))));
      for (let i = 0; i < 600; i++) await sleep(1);
      assert(log[0] === 'a', 'b came first');
    };
    const explanation = await explanationOf(program);
    const { steps, omitted } = explanation.run;
    expect(omitted).toBeGreaterThan(1000);
    expect(steps.length).toBeLessThanOrEqual(810);
    const { held, overtaker } = heldSwap(explanation);
    expect(steps.filter(({ number }) => [held.number, overtaker!.number].includes(number))).toHaveLength(2);
    expect(held.frames).not.toEqual([]);
    expect(steps.findLast(({ inline }) => !inline)!.at).not.toBeNull();
  });
});
