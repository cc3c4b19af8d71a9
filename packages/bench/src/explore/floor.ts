import { createRandom } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

/**
 * The least that tries schedules of async functions: what awaits is a list of promises' functions, of which
 * a macrotask calls one that is drawn, so that the host drains the microtasks between two of them. No task,
 * no cancellation, no tape, no report: what is left is the engine's own.
 */

/** What a program awaits, which is completed in a drawn order: here, or in a search. */
export interface Operations {
  io(label: string): PromiseLike<unknown>;
}

const batchSize = 512;

/** Makes `n` runs of a program, one operation in each macrotask; then `check` says whether they did their work. */
export const floorRuns =
  (program: (operations: Operations) => Promise<void>, check: () => void): Prepare =>
  (n) =>
  async () => {
    const random = createRandom(0);
    const pending: (() => void)[] = [];
    const io = (): Promise<void> => new Promise((resolve) => void pending.push(resolve));
    let slots = 0;
    let isOver = false;
    const post = (): void => {
      slots = batchSize;
      for (let i = 0; i < batchSize; i++) setImmediate(slot);
    };
    const slot = (): void => {
      slots--;
      completeOne(pending, random);
      if (slots === 0 && !isOver) post();
    };
    post();
    for (let run = 0; run < n; run++) await program({ io });
    isOver = true;
    check();
  };

function completeOne(pending: (() => void)[], random: () => number): void {
  if (pending.length === 0) return;
  const drawn = Math.floor(random() * pending.length);
  const complete = pending[drawn]!;
  pending[drawn] = pending.at(-1)!;
  pending.pop();
  complete();
}
