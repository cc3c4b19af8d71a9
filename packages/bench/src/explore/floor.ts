import { createRandom } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

/**
 * The least that tries schedules of async functions: what awaits is a list of promises' functions, of which
 * a macrotask calls one that is drawn, so that the host drains the microtasks between two of them. No task,
 * no cancellation, no tape, no report: what is left is the engine's own.
 */

/** What a program awaits: completed when the search says so. */
type Operation = () => Promise<void>;

const batchSize = 512;

/** Makes `n` runs of a program whose operations complete in a drawn order, one in each macrotask. */
export const floorRuns =
  (program: (io: Operation) => Promise<unknown>, check: (n: number) => void): Prepare =>
  (n) =>
  async () => {
    const random = createRandom(0);
    const pending: (() => void)[] = [];
    const io: Operation = () => new Promise((resolve) => void pending.push(resolve));
    let slots = 0;
    const post = (): void => {
      slots = batchSize;
      for (let i = 0; i < batchSize; i++) setImmediate(slot);
    };
    const slot = (): void => {
      slots--;
      completeOne(pending, random);
      if (slots === 0 && pending.length > 0) post();
    };
    for (let run = 0; run < n; run++) {
      const ended = program(io);
      if (slots === 0) post();
      await ended;
    }
    check(n);
  };

function completeOne(pending: (() => void)[], random: () => number): void {
  if (pending.length === 0) return;
  const drawn = Math.floor(random() * pending.length);
  const complete = pending[drawn]!;
  pending[drawn] = pending.at(-1)!;
  pending.pop();
  complete();
}
