import type { Prepare } from './program.ts';

const warmUpOperations = 1000;
const warmUpPasses = 10;
const operationsOfSmallRuns = 50_000;
const mostPasses = 20;

/**
 * Milliseconds that `n` operations take, in this process, after a warm-up of 10,000 operations. A
 * small program is run several times, and its median pass counts.
 *
 * There is no `gc()` between warm-up and measurement. A full collection also drops the optimized
 * code whose hidden classes have no live object left (the loop and tasks of the pass before), so it
 * would measure V8's compiler: 1,000 tasks took 3 to 9 times as long after it, often the floor's too.
 */
export async function timeOf(prepare: Prepare, n: number): Promise<number> {
  for (let i = 0; i < warmUpPasses; i++) await prepare(warmUpOperations)();
  const passes = Math.max(1, Math.min(mostPasses, Math.floor(operationsOfSmallRuns / n)));
  const times: number[] = [];
  for (let i = 0; i < passes; i++) {
    const program = prepare(n);
    const start = performance.now();
    await program();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[passes >> 1]!;
}
