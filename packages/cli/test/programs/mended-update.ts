import { gather } from '@timeloom/asyncio';
import type { Program } from '@timeloom/explore';

/** As lost-update, with the balance read when it is written. */
export const program: Program = async ({ io, assert }) => {
  let balance = 0;
  const deposit = async (name: string, pauses: number) => {
    for (let i = 0; i < pauses; i++) await io(`${name} waits`);
    await io(`${name} writes`);
    balance += 10;
  };
  await gather([() => deposit('a', 0), () => deposit('b', 1)]);
  assert(balance === 20, `balance is ${balance}`);
};
