import { gather } from '@timeloom/asyncio';
import type { Program } from '@timeloom/explore';
import { cached } from './answer-cache.ts';

/** Two ask, and only in the first run of a process are there two answers that they may get. */
export const program: Program = async ({ io, assert }) => {
  const ask = async (name: string, pauses: number) => {
    for (let i = 0; i < pauses; i++) await io(`${name} waits`);
    return await cached('answer', async () => {
      await io(`${name} fetches`);
      return name;
    });
  };
  const [a, b] = await gather([() => ask('a', 0), () => ask('b', 1)]);
  assert(a === b, `one was told ${a}, the other ${b}`);
};
