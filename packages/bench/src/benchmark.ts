import type { Prepare } from './program.ts';

export interface Variant {
  readonly name: string;
  /** Imported in the child only, so that no peer is in the process of another. */
  readonly load: () => Promise<Prepare>;
  /** The largest size that it can be asked to do in a reasonable time; it is left out of larger ones. */
  readonly largest?: number;
  /** True if it works in a process of vitest only. */
  readonly inVitest?: boolean;
}

/** A claim about the ratio of two variants, tested at each of `sizes`. */
export interface Criterion {
  readonly of: string;
  readonly to: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly sizes: readonly number[];
}

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly measures: 'time' | 'heap' | 'processor';
  /** What there are N of. */
  readonly operation: string;
  /** The first is what the others are compared with. */
  readonly variants: readonly Variant[];
  readonly sizes: readonly number[];
  readonly criteria: readonly Criterion[];
}
