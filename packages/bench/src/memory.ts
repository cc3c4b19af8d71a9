import type { Prepare } from './program.ts';

/**
 * Bytes of heap per task while `n` tasks sleep: what is in use then, after a full collection, less
 * what was in use before. Never resolves if the program does not call back.
 */
export function heapPerTask(prepare: Prepare, n: number): Promise<number> {
  const program = prepare(n);
  const before = heapInUse();
  return new Promise((resolve, reject) => {
    program(() => resolve((heapInUse() - before) / n)).catch(reject);
  });
}

function heapInUse(): number {
  // Twice: what the first collection finds dead may hold finalizers and weak references.
  globalThis.gc!();
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}
