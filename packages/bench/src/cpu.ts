import type { Prepare } from './program.ts';

/** Milliseconds of processor time, of all threads, that a program takes that waits for `n` real milliseconds. */
export async function processorTime(prepare: Prepare, n: number): Promise<number> {
  await prepare(1)();
  const program = prepare(n);
  const before = process.cpuUsage();
  await program();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
