import { gather } from '@timeloom/asyncio';
import type { Program } from '@timeloom/explore';

/** Two deposits that read, wait, and write: one of them may be lost. */
export const program: Program = async ({ io, assert }) => {
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
