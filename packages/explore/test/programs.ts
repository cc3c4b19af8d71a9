import { gather, getRunningLoop, sleep } from '@timeloom/asyncio';
import type { Program, ProgramContext } from '@timeloom/explore';

/** Two deposits that read, wait, and write: one of them may be lost. */
export const lostUpdate: Program = async ({ io, assert }) => {
  let balance = 0;
  const deposit = async (name: string, pauses: number) => {
    for (let i = 0; i < pauses; i++) await io(`${name} waits`);
    const seen = balance;
    await io(`${name} writes`);
    balance = seen + 10;
  };
  await gather([() => deposit('a', 0), () => deposit('b', 1)]);
  assert(balance === 20, `balance is ${balance}`);
};

/** The same with one step for reading and writing. */
export const safeUpdate: Program = async ({ io, assert }) => {
  let balance = 0;
  const deposit = async (name: string) => {
    await io(name);
    balance += 10;
  };
  await gather([() => deposit('a'), () => deposit('b')]);
  assert(balance === 20, `balance is ${balance}`);
};

/** Fails if one step comes after a chain of `length` others: one hold, whatever the length. */
export const chain =
  (length: number): Program =>
  async ({ io, assert }) => {
    let late = false;
    let chainDone = false;
    const single = async () => {
      await io('single');
      late = chainDone;
    };
    const links = async () => {
      for (let i = 0; i < length; i++) await io(`link ${i}`);
      chainDone = true;
    };
    await gather([single, links]);
    assert(!late, 'the single step came last');
  };

/** Two tasks take two locks in opposite order. */
export const lockOrder: Program = async ({ io }: ProgramContext) => {
  const loop = getRunningLoop();
  const holders: (string | null)[] = [null, null];
  const take = async (name: string, lock: number) => {
    await io(`${name} asks for ${lock}`);
    if (holders[lock] !== null) await loop.createFuture();
    holders[lock] = name;
  };
  const both = async (name: string, [first, second]: readonly [number, number]) => {
    await take(name, first);
    await take(name, second);
    holders[first] = null;
    holders[second] = null;
  };
  await gather([() => both('a', [0, 1]), () => both('b', [1, 0])]);
};

/** Ends only after very many steps. */
export const endless: Program = async () => {
  for (;;) await sleep(1);
};
