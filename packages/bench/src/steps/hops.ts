import { AsyncioEventLoop, coroutine, sleep, VirtualClock, type Coroutine } from '@timeloom/asyncio';
import type { Prepare } from '../program.ts';

/** One task that hops `n` times (`sleep(0)`) at the bottom of a chain of awaiting calls. */
type Chain = (depth: number, hops: number) => Coroutine<void>;

const asyncChain: Chain = coroutine(async function chain(depth: number, hops: number): Promise<void> {
  if (depth > 0) await asyncChain(depth - 1, hops);
  else for (let i = 0; i < hops; i++) await sleep(0);
});

const generatorChain: Chain = coroutine(function* chain(depth: number, hops: number) {
  if (depth > 0) yield* generatorChain(depth - 1, hops);
  else for (let i = 0; i < hops; i++) yield* sleep(0);
});

export function nativeHops(depth: number): Prepare {
  return (n) => () => runOnLoop(asyncChain(depth, n));
}

export function generatorHops(depth: number): Prepare {
  return (n) => () => runOnLoop(generatorChain(depth, n));
}

async function runOnLoop(main: Coroutine<void>): Promise<void> {
  // The hops are all at one instant, which is what the livelock limit is for.
  const loop = new AsyncioEventLoop({ clock: new VirtualClock(), maxStepsPerInstant: Infinity });
  await loop.runUntilComplete(main);
  loop.close();
}

/** The host alone: await a macrotask, `n` times. */
export const hostHops: Prepare = (n) => async () => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};
