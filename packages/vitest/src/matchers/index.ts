/** Gives `expect` the matchers of this package when it is imported, for `setupFiles` for instance. */
import { expect } from 'vitest';
import { toHaveNoPendingTasks, toHaveNoTimers } from './pending.ts';
import { toDeadlock, toSettleAt, toSettleWithin } from './settling.ts';
import { traceSerializer } from './trace.ts';

/** What `expect` can say more with this package. */
export interface TimeloomMatchers<R = unknown> {
  /**
   * The promise is fulfilled or rejected within `ms` milliseconds of virtual time from now; that much
   * time passes at most.
   */
  toSettleWithin(ms: number): Promise<R>;
  /** The promise is fulfilled or rejected exactly `ms` milliseconds of virtual time from now. */
  toSettleAt(ms: number): Promise<R>;
  /** Nobody will ever settle the promise: virtual time passes until nothing is left that could. */
  toDeadlock(): Promise<R>;
  /** Every task of the loop is done, but for the one that asks. */
  toHaveNoPendingTasks(): R;
  /** No timer of the loop will fire any more. */
  toHaveNoTimers(): R;
}

/* oxlint-disable typescript/no-explicit-any -- declarations of one interface must have the
   same parameters. Those of vitest 4 and 5 differ, so users of 5 have the matchers, and no error of their compiler. */
declare module 'vitest' {
  /** @ts-ignore Matchers of vitest 5 has two parameters. */
  interface Matchers<T = any> extends TimeloomMatchers {}
}
/* oxlint-enable typescript/no-explicit-any */

expect.extend({ toSettleWithin, toSettleAt, toDeadlock, toHaveNoPendingTasks, toHaveNoTimers });
expect.addSnapshotSerializer(traceSerializer);

export { recordTrace } from './trace.ts';
