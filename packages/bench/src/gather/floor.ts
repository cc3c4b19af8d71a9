import TinyQueue from 'tinyqueue';
import type { Prepare } from '../program.ts';
import { randomDelays, Witness } from './sleepers.ts';

/**
 * The least that does the job: bare async functions, a binary heap, and a macrotask for each
 * wake-up so that the host drains the microtasks. No task, no cancellation, no order but time's.
 */

interface Sleep {
  readonly when: number;
  readonly resolve: () => void;
}

/** Calls `wakeNext` in macrotasks until it gives false. */
type Driver = (wakeNext: () => boolean) => Promise<void>;

/** Each wake-up asks for the macrotask of the next: the host turns once per wake-up. */
const oneByOne: Driver = (wakeNext) =>
  new Promise((resolve) => {
    const turn = (): void => {
      if (wakeNext()) setImmediate(turn);
      else resolve();
    };
    setImmediate(turn);
  });

const batchSize = 512;

/** Asks for many macrotasks at a time, as our pump does: the host turns once per batch. */
const inBatches: Driver = (wakeNext) =>
  new Promise((resolve) => {
    let left = 0;
    let more = true;
    const post = (): void => {
      left = batchSize;
      for (let i = 0; i < batchSize; i++) setImmediate(slot);
    };
    const slot = (): void => {
      left--;
      more &&= wakeNext();
      if (left > 0) return;
      if (more) post();
      else resolve();
    };
    post();
  });

export const floor: Prepare = prepareWith(oneByOne);
export const batchedFloor: Prepare = prepareWith(inBatches);

function prepareWith(drive: Driver): Prepare {
  return (n) => {
    const delays = randomDelays(n);
    return async (allAsleep) => {
      const witness = new Witness();
      const queue = new TinyQueue<Sleep>([], (a, b) => a.when - b.when);
      let now = 0;
      const sleep = (delayMs: number): Promise<void> =>
        new Promise((resolve) => queue.push({ when: now + delayMs, resolve }));
      const sleeper = async (delayMs: number): Promise<void> => {
        await sleep(delayMs);
        witness.woke(delayMs);
      };
      const wakeNext = (): boolean => {
        const next = queue.pop();
        if (next === undefined) return false;
        now = next.when;
        next.resolve();
        return true;
      };
      const all = Promise.all(delays.map((delayMs) => sleeper(delayMs)));
      allAsleep?.();
      await drive(wakeNext);
      await all;
      witness.check(n);
    };
  };
}
