import type { Leak } from './leak.ts';

/** Undoes what gave it. Idempotent. */
export interface Restore {
  (): void;
  [Symbol.dispose](): void;
}

/** Removes a loop from the host. */
export interface HostRestore extends Restore {
  /**
   * Timers and other things that would keep a program alive now; after the removal, those that were
   * left then. Ask before the loop is closed: nothing is left on a closed one.
   */
  leaks(): readonly Leak[];
}

/** The form of an undo that users get. */
export function restoring(undo: () => void): Restore {
  let undone = false;
  const once = (): void => {
    if (undone) return;
    undone = true;
    undo();
  };
  return Object.assign(once, { [Symbol.dispose]: once });
}
