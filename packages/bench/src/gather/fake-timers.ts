import { install } from '@sinonjs/fake-timers';
import type { Prepare } from '../program.ts';
import { randomDelays, Witness } from './sleepers.ts';

/** @sinonjs/fake-timers: only setTimeout is faked, `nextTick` and `queueMicrotask` stay real. */
export const fakeTimers: Prepare = (n) => {
  const delays = randomDelays(n);
  return async (allAsleep) => {
    const witness = new Witness();
    const clock = install({ toFake: ['setTimeout'], loopLimit: n + 1 });
    const sleeper = async (delayMs: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      witness.woke(delayMs);
    };
    const all = Promise.all(delays.map((delayMs) => sleeper(delayMs)));
    allAsleep?.();
    await clock.runAllAsync();
    await all;
    clock.uninstall();
    witness.check(n);
  };
};
