/**
 * One variant of a benchmark, made ready for `n` operations: what is made here is not timed, the
 * call of the program is. A program checks its own result and throws if it did not do the work.
 */
export type Prepare = (n: number) => Program;

/** @param allAsleep called, by programs of sleeping tasks, while every task sleeps. */
type Program = (allAsleep?: () => void) => Promise<void>;
