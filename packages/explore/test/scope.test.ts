import { createTask, gather, sleep } from '@timeloom/asyncio';
import { explore, replay, shared, type Program, type SharedCell } from '@timeloom/explore';
import type { ChoicePoint, Scheduler } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute, type ExecutionOptions } from '../src/execution.ts';

/** Runs a program once with choices of `choose`; gives the labels of the handles that were options, by choice point. */
async function optionsOf(program: Program, choose: (size: number) => number, options: ExecutionOptions = {}) {
  const points: string[][] = [];
  const scheduler: Scheduler = {
    choose: (point: ChoicePoint) => {
      if (point.kind === 'handle') points.push(Array.from({ length: point.size }, (_, i) => point.labelOf(i)));
      return choose(point.size);
    },
  };
  const { outcome } = await execute(program, scheduler, { reorder: 'free', scope: 'race', ...options });
  expect(outcome).toEqual({ kind: 'passed' });
  return points;
}

/** A driver with tasks of its own, and two tasks under test; tells in which order they take their steps. */
const driven =
  (orders: string[], raced: boolean): Program =>
  async ({ race }) => {
    let order = '';
    const steps = (name: string, count: number) => async (): Promise<void> => {
      for (let i = 0; i < count; i++) {
        order += name;
        await sleep(0);
      }
    };
    const drivers = ['d', 'e'].map((name) => createTask(steps(name, 4), { name }));
    await sleep(0);
    const body = () => gather([createTask(steps('a', 3), { name: 'a' }), createTask(steps('b', 3), { name: 'b' })]);
    const tested = raced ? race(body) : createTask(body);
    await gather([tested, ...drivers]);
    orders.push(order);
  };

describe('Within a scope', () => {
  it('only the tasks under test are options, and what they make', async () => {
    const program: Program = async ({ race }) => {
      const driver = createTask(
        async () => {
          for (let i = 0; i < 5; i++) await sleep(0);
        },
        { name: 'driver' },
      );
      const named = (name: string) => createTask(() => sleep(0), { name });
      await race(async () => void (await gather([named('a'), named('b')])));
      await driver;
    };
    const points = await optionsOf(program, (size) => size - 1);
    expect(points.length).toBeGreaterThan(0);
    expect(points.flat().filter((label) => !/^(a|b) |gatherChildDone/.test(label))).toEqual([]);
  });

  it('the rest goes first in, first out', async () => {
    const [fifo] = await ordersOf(() => 0, true);
    const drivers = (order: string): string => order.replaceAll(/[ab]/g, '');
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (stream) => {
        const [order] = await ordersOf((size) => stream.next().value % size, true);
        expect(drivers(order!)).toBe(drivers(fifo!));
        // Tasks under test swap places with each other only.
        expect(order!.replaceAll(/[ab]/g, 'x')).toBe(fifo!.replaceAll(/[ab]/g, 'x'));
      }),
      { numRuns: 50 },
    );
  });

  it('the order without a choice is that of a loop without a scope', async () => {
    for (const reorder of ['ties', 'ready', 'free'] as const) {
      const options = { reorder, scope: 'all' } as const;
      expect(await ordersOf(() => 0, true, { reorder })).toEqual(await ordersOf(() => 0, false, options));
    }
  });

  it('all orders of the tasks under test are found', async () => {
    const orders: string[] = [];
    const options = { strategy: 'dfs', reorder: 'free', runs: 100_000 } as const;
    const { coverage, runs } = await explore(driven(orders, true), { ...options, scope: 'race' });
    expect(coverage).toMatch(/^exhaustive/);
    expect(new Set(orders.map((order) => order.replaceAll(/[de]/g, ''))).size).toBe(20);
    // Of two tasks with five steps each, the last of which is heard by gather().
    expect(runs).toBe(252);
  });

  it('a driver that polls does not keep the tasks from running', async () => {
    let polls = 0;
    const program: Program = async ({ race }) => {
      const task = race(async () => {
        await gather([() => sleep(0), () => sleep(0)]);
      });
      for (; !task.done(); polls++) await sleep(0);
    };
    await optionsOf(program, (size) => size - 1);
    expect(polls).toBeLessThan(20);
  });

  it('operations and time are searched too', async () => {
    const seen = new Set<string>();
    await explore(
      async ({ race, io }) => {
        await race(async () => {
          let order = '';
          const nap = createTask(async () => {
            await sleep(5);
            order += 't';
          });
          await gather([io('x', () => void (order += 'x')), io('y', () => void (order += 'y')), nap]);
          seen.add(order);
        });
      },
      { strategy: 'dfs', runs: 10_000 },
    );
    expect([...seen].toSorted()).toEqual(['txy', 'tyx', 'xty', 'xyt', 'ytx', 'yxt']);
  });

  it('a failure is shrunk and replayed', async () => {
    const program: Program = async ({ race, io, assert }) => {
      createTask(async () => {
        for (let i = 0; i < 10; i++) await sleep(0);
      });
      let balance = 0;
      const deposit = async (pauses: number): Promise<void> => {
        for (let i = 0; i < pauses; i++) await io('waits');
        const before = balance;
        await io('writes');
        balance = before + 10;
      };
      await race(async () => void (await gather([() => deposit(0), () => deposit(1)])));
      assert(balance === 20, `balance is ${balance}`);
    };
    const { failures } = await explore(program);
    expect(failures).toMatchObject([{ key: 'failed: AssertionError: balance is 10' }]);
    expect((await replay(program, failures[0]!.token!)).outcome.kind).toBe('failed');
  });

  it('what comes before the first race is raced, unless that is ruled out', async () => {
    const program: Program = async ({ race }) => {
      await gather([() => sleep(0), () => sleep(0)]);
      await race(() => sleep(0));
    };
    expect(await optionsOf(program, () => 0)).toEqual([]);
    expect((await optionsOf(program, () => 0, { scope: 'all' })).length).toBeGreaterThan(0);
  });

  it('dpor runs fewer orders, and misses no outcome', async () => {
    const outcomesOf = async (strategy: string): Promise<{ outcomes: string[]; runs: number }> => {
      const seen = new Set<string>();
      const program: Program = async ({ race }) => {
        const [a, b] = [shared(''), shared('')];
        createTask(async () => {
          await sleep(0);
          a.update((value) => `${value}d`);
        });
        const write = (name: string, cell: SharedCell<string>) => async (): Promise<void> => {
          cell.update((value) => value + name);
          await sleep(0);
          cell.update((value) => value + name);
        };
        const tasks = [write('x', a), write('y', a), write('z', b)].map((body) => race(body));
        await gather(tasks);
        seen.add(`${a.get()} ${b.get()}`);
      };
      const { coverage, runs } = await explore(program, { strategy, reorder: 'free', scope: 'race', runs: 100_000 });
      expect(coverage).toMatch(/^exhaustive/);
      return { outcomes: [...seen].toSorted(), runs };
    };
    const all = await outcomesOf('dfs');
    const reduced = await outcomesOf('dpor');
    expect(all.outcomes.length).toBeGreaterThan(3);
    expect(reduced.outcomes).toEqual(all.outcomes);
    expect(reduced.runs).toBeLessThan(all.runs / 2);
  });

  it('dpor refuses a program that narrows itself down when it has begun', async () => {
    const program: Program = async ({ race }) => {
      createTask(() => sleep(0));
      await race(async () => void (await gather([() => sleep(0), () => sleep(0)])));
    };
    await expect(explore(program, { strategy: 'dpor', reorder: 'free' })).rejects.toThrow(
      new RangeError("strategy 'dpor' needs scope: 'race' where the program calls race()"),
    );
  });

  it('bad input is refused by name', async () => {
    await expect(explore(() => 1, { scope: 'some' as never })).rejects.toThrow(
      new TypeError("scope must be 'all' or 'race', got \"some\""),
    );
    const { outcome } = await execute(({ race }) => race(42 as never), { choose: () => 0 });
    expect(outcome).toMatchObject({ kind: 'failed', error: { name: 'TypeError' } });
  });
});

async function ordersOf(
  choose: (size: number) => number,
  raced: boolean,
  options?: ExecutionOptions,
): Promise<string[]> {
  const orders: string[] = [];
  await optionsOf(driven(orders, raced), choose, options);
  return orders;
}
