import { coroutine, gather, type Suspend } from '@timeloom/asyncio';
import { explore, type ExploreOptions, type Program, type ProgramContext } from '@timeloom/explore';
import * as fc from 'fast-check';
import type { Prepare } from '../program.ts';
import { floorRuns, type Operations } from './floor.ts';

/** `n` schedules of five tasks, each of which awaits four operations, one after the other. */

const tasks = 5;
const awaits = 4;
const operations = tasks * awaits;

/** Counts what a schedule did; throws unless it was all of it. */
class Work {
  #done = 0;

  count = (): void => void this.#done++;

  check(schedules: number): void {
    if (this.#done === schedules * operations) return;
    throw new Error(`${this.#done} operations were done in ${schedules} schedules, expected ${schedules * operations}`);
  }
}

const indices = Array.from({ length: tasks }, (_, index) => index);

const native =
  (work: Work): Program =>
  async ({ io }) => {
    const task = async (): Promise<void> => {
      for (let i = 0; i < awaits; i++) {
        await io('step');
        work.count();
      }
    };
    await gather(indices.map(() => task));
  };

/** The program that fast-check runs: five calls, which are no tasks. */
const called =
  (work: Work) =>
  async ({ io }: Operations): Promise<void> => {
    const task = async (): Promise<void> => {
      for (let i = 0; i < awaits; i++) {
        await io('step');
        work.count();
      }
    };
    await Promise.all(indices.map(task));
  };

/** The same without a loop. */
export const floorTasks: Prepare = (n) => {
  const work = new Work();
  return floorRuns(called(work), () => work.check(n))(n);
};

const generators = (work: Work): Program =>
  coroutine(function* program({ io }: ProgramContext): Generator<Suspend, void, unknown> {
    yield* gather(indices.map(() => () => steps(io, work)));
  });

// Not in the program: for each generator function that is made the engine makes a hidden class, at 2 µs and more.
function* steps(io: ProgramContext['io'], work: Work): Generator<Suspend, void, unknown> {
  for (let i = 0; i < awaits; i++) {
    yield* io('step');
    work.count();
  }
}

export const nativeTasks = (strategy: string): Prepare => searched(native, { strategy });
export const calledTasks = (strategy: string): Prepare => searched(called, { strategy });
export const generatorTasks = (strategy: string): Prepare => searched(generators, { strategy });
export const promiseFreeTasks = (strategy: string): Prepare => searched(generators, { strategy, promiseFree: true });

function searched(programOf: (work: Work) => Program, options: ExploreOptions): Prepare {
  return (n) => async () => {
    const work = new Work();
    const { runs, passed } = await explore(programOf(work), { ...options, runs: n });
    if (!passed || runs !== n) throw new Error(`${runs} runs, expected ${n} that pass`);
    // A search repeats its first run at its end.
    work.check(n + 1);
  };
}

/** How a property of fast-check waits for its scheduler. */
export type FastCheckWait = 'waitFor' | 'waitIdle' | 'waitAll';

export const fastCheckTasks =
  (wait: FastCheckWait): Prepare =>
  (n) =>
  async () => {
    const work = new Work();
    const property = fc.asyncProperty(fc.scheduler(), async (s) => {
      const task = async (): Promise<void> => {
        for (let i = 0; i < awaits; i++) {
          await s.schedule(Promise.resolve(), 'step');
          work.count();
        }
      };
      const all = Promise.all(indices.map(task));
      if (wait === 'waitFor') await s.waitFor(all);
      else await s[wait]();
      await all;
    });
    await fc.assert(property, { numRuns: n, seed: 0 });
    work.check(n);
  };
