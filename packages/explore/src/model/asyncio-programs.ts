import { createTask, gather, Lock, sleep, type Coroutine, type Task } from '@timeloom/asyncio';
import type { Program } from '../execution.ts';
import { shared, type SharedCell } from '../shared.ts';

/**
 * Programs of the papers on asyncio. An operation on shared state is one step, as in the papers: it is
 * followed by `sleep(0)`, or by the end of its task.
 */

const pause = (): Coroutine<void> => sleep(0);

/** Starts tasks, one a step, as threads are started, and waits for them. */
async function startEach(bodies: readonly (() => Promise<void>)[]): Promise<void> {
  const tasks: Task[] = [];
  for (const body of bodies) {
    tasks.push(createTask(body));
    await pause();
  }
  await gather(tasks);
}

/** `count` cells with 0. */
const zeros = (count: number): SharedCell<number>[] => Array.from({ length: count }, () => shared(0));

/** Nidhugg's readers(N): one task writes a variable that N others read. Of 2^N classes of orders. */
export const readerTasks =
  (count: number, saw: (values: readonly number[]) => void = () => {}): Program =>
  async () => {
    const x = shared(0);
    const write = async (): Promise<void> => x.set(1);
    const read = async (): Promise<number> => x.get();
    const [, ...values] = await gather([write, ...Array.from({ length: count }, () => read)]);
    saw(values);
  };

/** Nidhugg's lastzero(N): tasks set a[i] = a[i - 1] + 1; one looks for the last 0. Of (N + 3)·2^(N - 2) classes. */
export const lastZeroTasks =
  (count: number): Program =>
  async () => {
    const a = zeros(count + 1);
    const look = async (): Promise<void> => {
      for (let i = count; i >= 0 && a[i]!.get() !== 0; i--) await pause();
    };
    const raise = (i: number) => async (): Promise<void> => {
      const value = a[i - 1]!.get();
      await pause();
      a[i]!.set(value + 1);
    };
    await gather([look, ...Array.from({ length: count }, (_, i) => raise(i + 1))]);
  };

/**
 * The indexer of C. Flanagan and P. Godefroid (POPL 2005): tasks insert four messages each in a hash
 * table of 128 places, by compare and swap. Of 1 class up to 11 tasks, 8 with 12, 64 with 13.
 */
export const indexerTasks =
  (tasks: number): Program =>
  async () => {
    const table = zeros(128);
    const insert = (task: number) => async (): Promise<void> => {
      for (let message = 1; message <= 4; message++) {
        const value = message * 11 + task;
        for (let place = (value * 7) % 128; !claim(table[place]!, value); place = (place + 1) % 128) await pause();
        if (message < 4) await pause();
      }
    };
    await gather(Array.from({ length: tasks }, (_, task) => insert(task)));
  };

/** Sets a cell that holds 0; true if it did. */
function claim(cell: SharedCell<number>, value: number): boolean {
  let claimed = false;
  cell.update((before) => {
    claimed = before === 0;
    return claimed ? value : before;
  });
  return claimed;
}

/**
 * SCTBench's reorder_N: N - 1 tasks set a, then b; one checks that both are set, or none. The check has
 * to fall between the first a and the first b of all tasks.
 */
export const reorderTasks =
  (size: number): Program =>
  async ({ assert }) => {
    const a = shared(0);
    const b = shared(0);
    const set = async (): Promise<void> => {
      a.set(1);
      await pause();
      b.set(-1);
    };
    const check = async (): Promise<void> => {
      const first = a.get();
      await pause();
      const second = b.get();
      assert((first === 0 && second === 0) || (first === 1 && second === -1), `a is ${first} and b is ${second}`);
    };
    await startEach([...Array.from({ length: size - 1 }, () => set), check]);
  };

/**
 * SCTBench's twostage_N: N - 1 tasks set data1 under one lock, then data2 = data1 + 1 under another; one
 * reads both, under the locks, and finds data2 behind if it comes between the stages of all.
 */
export const twoStageTasks =
  (size: number): Program =>
  async ({ assert }) => {
    const data1 = shared(0);
    const data2 = shared(0);
    const [lock1, lock2] = [new Lock(), new Lock()];
    const under = <T>(lock: Lock, act: () => T): Coroutine<T> =>
      lock.with(async () => {
        await pause();
        return act();
      });
    const set = async (): Promise<void> => {
      await under(lock1, () => data1.set(1));
      await pause();
      await under(lock2, () => data2.set(data1.get() + 1));
    };
    const check = async (): Promise<void> => {
      const first = await under(lock1, () => data1.get());
      if (first === 0) return;
      await pause();
      const second = await under(lock2, () => data2.get());
      assert(second === first + 1, `data1 was ${first} and data2 is ${second}`);
    };
    await startEach([...Array.from({ length: size - 1 }, () => set), check]);
  };
