import { coroutine, gather, type Suspend } from '@timeloom/asyncio';
import { explore, type ExploreOptions, type Program, type ProgramContext } from '@timeloom/explore';
import * as fc from 'fast-check';
import type { Prepare } from '../program.ts';
import { floorRuns, type Operations } from './floor.ts';
import type { FastCheckWait } from './tasks.ts';

/**
 * `n` schedules of two deposits, each of which reads, awaits and writes: an order in which both read
 * before one writes loses an update. Finding it does not end the search; how often it is found is counted.
 */

const amount = 10;

/** Schedules that lost an update; throws if all did or none. */
class Lost {
  #lost = 0;

  note = (balance: number): void => {
    if (balance !== 2 * amount) this.#lost++;
  };

  check(schedules: number): void {
    if (this.#lost > 0 && this.#lost < schedules) return;
    throw new Error(`${this.#lost} of ${schedules} schedules lost an update, expected some and not all`);
  }
}

const native =
  (lost: Lost): Program =>
  async ({ io }) => {
    let balance = 0;
    const deposit = async (): Promise<void> => {
      await io('begin');
      const seen = balance;
      await io('write');
      balance = seen + amount;
    };
    await gather([deposit, deposit]);
    lost.note(balance);
  };

/** The program that fast-check runs: two calls, which are no tasks. */
const called =
  (lost: Lost) =>
  async ({ io }: Operations): Promise<void> => {
    let balance = 0;
    const deposit = async (): Promise<void> => {
      await io('begin');
      const seen = balance;
      await io('write');
      balance = seen + amount;
    };
    await Promise.all([deposit(), deposit()]);
    lost.note(balance);
  };

/** The same without a loop. */
export const floorUpdate: Prepare = (n) => {
  const lost = new Lost();
  return floorRuns(called(lost), () => lost.check(n))(n);
};

const generators = (lost: Lost): Program =>
  coroutine(function* program({ io }: ProgramContext): Generator<Suspend, void, unknown> {
    const account = { balance: 0 };
    const begin = (): Generator<Suspend, void, unknown> => deposit(io, account);
    yield* gather([begin, begin]);
    lost.note(account.balance);
  });

// Not in the program: for each generator function that is made the engine makes a hidden class, at 2 µs and more.
function* deposit(io: ProgramContext['io'], account: { balance: number }): Generator<Suspend, void, unknown> {
  yield* io('begin');
  const seen = account.balance;
  yield* io('write');
  account.balance = seen + amount;
}

export const nativeUpdate = (strategy: string): Prepare => searched(native, { strategy });
export const calledUpdate = (strategy: string): Prepare => searched(called, { strategy });
export const generatorUpdate = (strategy: string): Prepare => searched(generators, { strategy });
export const promiseFreeUpdate = (strategy: string): Prepare => searched(generators, { strategy, promiseFree: true });

function searched(programOf: (lost: Lost) => Program, options: ExploreOptions): Prepare {
  return (n) => async () => {
    const lost = new Lost();
    const { runs } = await explore(programOf(lost), { ...options, runs: n });
    if (runs !== n) throw new Error(`${runs} runs, expected ${n}`);
    lost.check(n);
  };
}

export const fastCheckUpdate =
  (wait: FastCheckWait): Prepare =>
  (n) =>
  async () => {
    const lost = new Lost();
    const property = fc.asyncProperty(fc.scheduler(), async (s) => {
      let balance = 0;
      const deposit = async (): Promise<void> => {
        await s.schedule(Promise.resolve(), 'begin');
        const seen = balance;
        await s.schedule(Promise.resolve(), 'write');
        balance = seen + amount;
      };
      const both = Promise.all([deposit(), deposit()]);
      if (wait === 'waitFor') await s.waitFor(both);
      else await s[wait]();
      await both;
      lost.note(balance);
    });
    await fc.assert(property, { numRuns: n, seed: 0 });
    lost.check(n);
  };
