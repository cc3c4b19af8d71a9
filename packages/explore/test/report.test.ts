import { fileURLToPath } from 'node:url';
import { gather } from '@timeloom/asyncio';
import {
  explore,
  formatExploration,
  formatFailure,
  formatReplay,
  replay,
  type Exploration,
  type Failure,
  type Program,
  type SearchProgress,
} from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { lockOrder, lostUpdate, safeUpdate } from './programs.ts';
import { order } from './report/order.ts';

const here = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');

/** A search that fails, with the same one failure each time. */
const failed: Exploration = await explore(order);
const [failure] = failed.failures as [Failure];

function textOf(changes: Partial<Failure>): string {
  return formatExploration(
    { ...failed, coverage: 'all of it', failures: [{ ...failure, ...changes }] },
    { directory: here },
  );
}

describe('The report of a search', () => {
  it('is one line if it found nothing', async () => {
    const text = formatExploration(await explore(safeUpdate, { runs: 20 }));
    expect(text).toMatch(/^No failure in 20 runs: PCT depth 3, .*$/);
  });

  it('says what fails, in which order, who overtook whom and where, which order passes, and how to replay it', () => {
    expect(`\n${textOf({})}\n`).toMatchInlineSnapshot(`
      "
      failed: AssertionError: the books say 4 + 0
        at audit (report/order.ts:15:5)
        first in run 6, 1 time in all; 1 difference from first in, first out, cut down from 2

        this order fails                            │ one step less overtakes: passes
            ms  Task-1   Task-2     Task-3          │     ms  Task-1   Task-2   Task-3
          1000  starts                              │   1000  starts
          1000           starts                     │   1000           starts
          1000                      starts          │   1000                    starts
        ┌                (payment)                  │   1000                    open the books
        │ 1000                      open the books  │ » 1000           payment
        │ 1000                      read the rules  │   1000                    read the rules
        └ 1000           payment                    │   1000  resumes
          1000  resumes                             │         passes
                AssertionError: the books say 4 + 0 │

        swap: Task-2 (payment) is held back, and runs after 1 other step and Task-3 (read the rules)
          Task-2 (payment) was made
            at sell (report/order.ts:9:11)
          Task-3 (read the rules) was made
            at audit (report/order.ts:14:11)

        token: tl1_PG-6AQIAAg
        replay: replay(program, 'tl1_PG-6AQIAAg')

      1 failure in 6 runs: all of it
      "
    `);
  });

  it('puts the passing order below the failing one if there is no room beside it, and places where there is', () => {
    const text = formatExploration(failed, { width: 60, directory: here });
    expect(text.split('\n').slice(4, 34).join('\n')).toMatchInlineSnapshot(`
      "  this order fails
            ms  Task-1   Task-2     Task-3
          1000  starts
          1000           starts
          1000                      starts
        ┌                (payment)
        │ 1000                      open the books
        │ 1000                      read the rules
        └ 1000           payment
          1000  resumes
                AssertionError: the books say 4 + 0

        one step less overtakes: passes
            ms  Task-1   Task-2   Task-3
          1000  starts
          1000           starts
          1000                    starts
          1000                    open the books
        » 1000           payment
          1000                    read the rules
          1000  resumes
                passes

        swap: Task-2 (payment) is held back, and runs after 1 other step and Task-3 (read the rules)
          Task-2 (payment) was made
            at sell (report/order.ts:9:11)
          Task-3 (read the rules) was made
            at audit (report/order.ts:14:11)

        token: tl1_PG-6AQIAAg"
    `);
    expect(formatExploration(failed, { width: 200 })).toContain('order.ts:9');
    for (const width of [40, 60, 80, 100, 140]) {
      const lines = formatExploration(failed, { width, directory: here }).split('\n').slice(4, -12);
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }
  });

  it('replays by command, with the options of the search, if the file is known', () => {
    const text = formatExploration(failed, { program: "it's here.ts", replayOptions: ['--reorder', 'free'] });
    expect(text).toContain(String.raw`  replay: timeloom replay 'it'\''s here.ts' ${failure.token} --reorder free`);
    expect(formatExploration(failed, { program: 'a/b.ts' })).toContain(`timeloom replay a/b.ts ${failure.token}\n`);
  });

  it('says so if the order of arrival fails', async () => {
    const { failures } = await explore(async ({ io }) => {
      await io('work');
      throw new Error('always');
    });
    expect(formatFailure(failures[0]!)).toMatch(/; first in, first out is enough\n[^]*\n +Error: always\n/);
  });

  it('has the wait graph of a deadlock, once, and no frames that are none', async () => {
    const text = formatExploration(await explore(lockOrder, { runs: 200, reorder: 'free' }));
    expect(text).toMatch(/^deadlocked: DeadlockError: Deadlock at \d+ ms.*\n {2,}Task-\d/);
    const [head] = text.split('first in run');
    expect(head!.match(/ at .*programs\.ts/g)).toHaveLength(3);
  });

  it('takes failures that are no errors', async () => {
    const { failures } = await explore(() => {
      throw 'text';
    });
    expect(formatFailure(failures[0]!)).toMatch(/^failed: text\n {2}first in run 1/);
    expect(failures[0]!.explanation!.run.error).toEqual({ name: 'string', message: 'text', frames: [] });
  });

  it('tells what was drawn', async () => {
    const program: Program = async ({ io, sleep, assert }) => {
      const answer = io('answer', undefined, { latencyMs: [0, 15] });
      await sleep(5);
      assert(answer.done(), 'no answer');
    };
    const text = formatExploration(await explore(program), { directory: here });
    expect(text).toMatch(
      /\* 1000 {2}answer: 6 ms [^]* drawn: answer: 6 ms, and not answer: 0 ms\n +at program \(report\.test\.ts:\d+/,
    );
    expect(text).toContain('one less is drawn: passes');
  });

  it('leaves out what is far from everything that matters', async () => {
    const program: Program = async ({ io, assert }) => {
      const log: string[] = [];
      const write = async (name: string) => void (await io(name, () => log.push(name)));
      for (let i = 0; i < 40; i++) await io('warm up');
      await gather([() => write('a'), () => write('b')]);
      assert(log[0] === 'a', 'b came first');
      for (let i = 0; i < 40; i++) await io('cool down');
    };
    const text = formatExploration(await explore(program));
    expect(text).toMatch(/… \d\d steps …/);
    expect(text.split('\n').length).toBeLessThan(40);
  });
});

describe('The report of a replay', () => {
  it('has the run as a table, and its totals', async () => {
    const text = formatReplay(await replay(order, failure.token!), { directory: here });
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
      failed: AssertionError: the books say 4 + 0
        at audit (report/order.ts:15:5)

            ms  Task-1               Task-2              Task-3
          1000  starts
          1000                       starts order.ts:17
          1000                                           starts order.ts:17
        ┌                            (payment)
        │ 1000                                           open the books order.ts:13
        │ 1000                                           read the rules order.ts:14
        └ 1000                       payment order.ts:9
          1000  resumes order.ts:17
                AssertionError: the books say 4 + 0

      failed, 0.000 s of virtual time, 10 steps
      "
    `);
  });

  it('of a program that was mended passes', async () => {
    const mended: Program = async (context) => {
      await order({ ...context, assert: () => {} });
    };
    const text = formatReplay(await replay(mended, failure.token!));
    expect(text).toMatch(/^ {2,}ms {2}Task-1[^]*passes\n\npassed, 0\.000 s of virtual time, \d+ steps$/);
  });
});

it('A search tells of each run, of how many orders were different, and of failures', async () => {
  const seen: [runs: number, progress: SearchProgress | undefined][] = [];
  const { runs } = await explore(lostUpdate, { onRun: (number, progress) => void seen.push([number, progress]) });
  expect(seen.map(([number]) => number)).toEqual(Array.from({ length: runs }, (_, i) => i + 1));
  expect(seen[0]).toEqual([1, { orders: 1, failures: 0 }]);
  expect(seen.at(-1)![1]!.failures).toBe(1);

  const twoOrders: Program = ({ choose }) => choose(2);
  let last: SearchProgress | undefined;
  await explore(twoOrders, { strategy: 'random', runs: 50, onRun: (_, progress) => void (last = progress) });
  expect(last).toEqual({ orders: 2, failures: 0 });
});
