import { Condition, createTask, gather, Lock, Queue, sleep } from '@timeloom/asyncio';
import { explore, shared, sharedObject, type Exploration, type ExploreOptions, type Program } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { indexerTasks, lastZeroTasks, readerTasks } from '../../src/model/asyncio-programs.ts';

const search = (program: Program, options: ExploreOptions = {}): Promise<Exploration> =>
  explore(program, { strategy: 'dpor', reorder: 'free', runs: 100_000, ...options });

/** Orders that were run to their end, and all runs, of a program without a failure. */
async function explored(program: Program, options?: ExploreOptions): Promise<{ orders: number; runs: number }> {
  const { coverage, passed, runs } = await search(program, options);
  expect(passed).toBe(true);
  const [, orders] = /^exhaustive[a-z ]*: ([\d,]+) orders? up to equivalence, [\d,]+ runs?$/.exec(coverage)!;
  return { orders: Number(orders!.replaceAll(',', '')), runs };
}

describe('DPOR of tasks that share cells', () => {
  it.each([1, 2, 6, 8])('runs 2^N orders of N = %i readers, and no redundant one', async (count) => {
    expect(await explored(readerTasks(count))).toEqual({ orders: 2 ** count, runs: 2 ** count });
  });

  it.each([2, 3, 4, 5, 6])('runs (N + 3)·2^(N-2) orders of lastzero with N = %i', async (count) => {
    const { orders, runs } = await explored(lastZeroTasks(count));
    expect(orders).toBe((count + 3) * 2 ** (count - 2));
    expect(runs).toBeLessThan(2 * orders);
  });

  it.each([
    [11, 1],
    [12, 8],
    [13, 64],
  ])('runs of indexer with %i tasks %i orders', async (tasks, orders) => {
    expect(await explored(indexerTasks(tasks))).toEqual({ orders, runs: orders });
  });

  it('lets each reader see each value', async () => {
    const seen = new Set<string>();
    await explored(readerTasks(3, (values) => seen.add(values.join(''))));
    expect(seen.size).toBe(8);
  });

  it('says that it was exhaustive as far as accesses are declared', async () => {
    const { coverage } = await search(readerTasks(2));
    expect(coverage).toBe('exhaustive up to declared accesses: 4 orders up to equivalence, 4 runs');
  });

  it('finds a lost update', async () => {
    const { failures } = await search(async ({ assert }) => {
      const account = sharedObject({ balance: 0 });
      const deposit = async (): Promise<void> => {
        const { balance } = account;
        await sleep(0);
        account.balance = balance + 10;
      };
      await gather([deposit, deposit]);
      assert(account.balance === 20, `balance is ${account.balance}`);
    });
    expect(failures).toMatchObject([{ key: 'failed: AssertionError: balance is 10' }]);
  });
});

describe('DPOR of tasks that share locks and queues only, and say so', () => {
  const independent = { undeclared: 'independent' } as const;

  it('finds that two locks are taken in opposite order', async () => {
    const { failures } = await search(async () => {
      const [a, b] = [new Lock(), new Lock()];
      const both = (first: Lock, second: Lock) => async (): Promise<void> => {
        await first.with(async () => {
          // A lock that is free costs no step: only a wait lets the other task in.
          await sleep(0);
          await second.acquire();
          second.release();
        });
      };
      await gather([both(a, b), both(b, a)]);
    }, independent);
    expect(failures).toMatchObject([{ outcome: { kind: 'deadlocked' } }]);
  });

  it('finds that a queue is empty when it is looked at twice', async () => {
    const { failures } = await search(async () => {
      const queue = new Queue<number>();
      const take = async (): Promise<number | null> => {
        if (queue.empty()) return null;
        await sleep(0);
        return queue.getNowait();
      };
      queue.putNowait(1);
      await gather([take, take]);
    }, independent);
    expect(failures).toMatchObject([{ key: 'failed: QueueEmpty: ' }]);
  });

  it('finds a notification that comes before the wait', async () => {
    const { failures } = await search(async () => {
      const condition = new Condition();
      const wait = createTask(() => condition.with(() => condition.wait()));
      await gather([wait, () => condition.with(() => Promise.resolve(condition.notify()))]);
    }, independent);
    expect(failures).toMatchObject([{ outcome: { kind: 'deadlocked' } }]);
  });

  it('does not tell orders apart that differ in what is not declared', async () => {
    const program: Program = async () => {
      const log: string[] = [];
      const say = (word: string) => async (): Promise<void> => void log.push(word);
      await gather([say('a'), say('b'), say('c')]);
    };
    expect(await explored(program, independent)).toEqual({ orders: 1, runs: 1 });
    expect((await explored(program)).orders).toBeGreaterThanOrEqual(6);
  });
});

describe('A search that is told nothing about what is shared', () => {
  it('takes every step of user code for one that races', async () => {
    const { failures, coverage } = await search(async ({ assert }) => {
      let balance = 0;
      const deposit = async (): Promise<void> => {
        const seen = balance;
        await sleep(0);
        balance = seen + 10;
      };
      await gather([deposit, deposit]);
      assert(balance === 20);
    });
    expect(failures).toHaveLength(1);
    expect(coverage).not.toContain('declared');
  });

  it('takes cells for the whole truth unless it is told not to', async () => {
    const program: Program = async ({ assert }) => {
      const cell = shared(0);
      let hidden = 0;
      const deposit = async (): Promise<void> => {
        cell.get();
        const seen = hidden;
        await sleep(0);
        hidden = seen + 1;
      };
      await gather([deposit, deposit]);
      assert(hidden === 2, 'hidden');
    };
    expect((await search(program)).coverage).toContain('up to declared accesses');
    expect((await search(program, { undeclared: 'dependent' })).passed).toBe(false);
  });

  it('refuses another word', async () => {
    await expect(search(readerTasks(1), { undeclared: 'maybe' as never })).rejects.toThrow(
      new RangeError("undeclared must be 'dependent' or 'independent', got \"maybe\""),
    );
  });
});
