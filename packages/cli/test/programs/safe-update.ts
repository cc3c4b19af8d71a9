import { gather } from '@timeloom/asyncio';
import type { ProgramContext } from '@timeloom/explore';

export default async function ({ io, assert }: ProgramContext) {
  let balance = 0;
  const deposit = async (name: string) => {
    await io(name);
    balance += 10;
  };
  await gather([() => deposit('a'), () => deposit('b')]);
  assert(balance === 20);
}
