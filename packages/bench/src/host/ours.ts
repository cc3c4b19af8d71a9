import { setTimeout as sleep } from 'node:timers/promises';
import { installHost, type HostOptions } from '@timeloom/host';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import { randomDelays, Witness } from '../gather/sleepers.ts';
import type { Prepare } from '../program.ts';

type Sleep = (delayMs: number) => Promise<unknown>;

const bySetTimeout: Sleep = (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs));

/** Ordinary JavaScript on a loop that has all of the host. */
export const wholeHost: Prepare = prepareWith(bySetTimeout);

/** The same, and nothing but setTimeout is taken over, as the peers have it. */
export const setTimeoutOnly: Prepare = prepareWith(bySetTimeout, { only: ['setTimeout'] });

/** `node:timers/promises`, by a named import: the peers leave it in real time. */
export const promisedTimers: Prepare = prepareWith((delayMs) => sleep(delayMs));

function prepareWith(sleep: Sleep, options: HostOptions = {}): Prepare {
  return (n) => {
    const delays = randomDelays(n);
    return async () => {
      const witness = new Witness();
      const sleeper = async (delayMs: number): Promise<void> => {
        await sleep(delayMs);
        witness.woke(delayMs);
      };
      const loop = new EventLoop({ clock: new VirtualClock() });
      const restore = installHost(loop, options);
      await loop.runUntilComplete(() => Promise.all(delays.map((delayMs) => sleeper(delayMs))));
      restore();
      loop.close();
      witness.check(n);
    };
  };
}
