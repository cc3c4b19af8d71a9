import { install } from '@sinonjs/fake-timers';
import { randomDelays, Witness } from '../gather/sleepers.ts';
import type { Prepare } from '../program.ts';

/** @sinonjs/fake-timers that moves from timer to timer by itself; only setTimeout is faked. */
export const nextAsync: Prepare = (n) => {
  const delays = randomDelays(n);
  return async () => {
    const witness = new Witness();
    const clock = install({ toFake: ['setTimeout'], loopLimit: n + 1 });
    const sleeper = async (delayMs: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      witness.woke(delayMs);
    };
    const all = Promise.all(delays.map((delayMs) => sleeper(delayMs)));
    clock.setTickMode({ mode: 'nextAsync' });
    await all;
    clock.uninstall();
    witness.check(n);
  };
};
