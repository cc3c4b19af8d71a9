/** Where a future stands. */
export type FutureState = 'pending' | 'finished' | 'cancelled';

/** The bits of a future's state. */
export const Flag = {
  done: 1,
  cancelled: 2,
  failed: 4,
  /** There is an exception that nobody has looked at. */
  unseen: 8,
  /** A task's cancellation was requested and is not delivered yet. */
  mustCancel: 16,
} as const;

/** How many bits those are: a task has its position in the higher ones, as a program may hold a million tasks. */
export const flagBits = 5;
