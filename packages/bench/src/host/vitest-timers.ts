import { vi } from 'vitest';
import { randomDelays, Witness } from '../gather/sleepers.ts';
import type { Prepare } from '../program.ts';

/** vitest's own fake timers, in a process of vitest; only setTimeout is faked. */
export const vitestTimers: Prepare = (n) => {
  const delays = randomDelays(n);
  return async () => {
    const witness = new Witness();
    // oxlint-disable-next-line vitest/no-restricted-vi-methods -- they are what is measured
    vi.useFakeTimers({ toFake: ['setTimeout'], loopLimit: n + 1 });
    const sleeper = async (delayMs: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      witness.woke(delayMs);
    };
    const all = Promise.all(delays.map((delayMs) => sleeper(delayMs)));
    await vi.runAllTimersAsync();
    await all;
    vi.useRealTimers();
    witness.check(n);
  };
};
