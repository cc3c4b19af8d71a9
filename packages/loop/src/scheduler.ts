import type { Handle } from './handle.ts';

/** What is being decided: which handle runs next, how long a simulated operation takes, or a value. */
export type ChoiceKind = 'handle' | 'latency' | 'value';

/** A moment at which the run could go on in more than one way. It is good for the call of `choose` only. */
export interface ChoicePoint {
  readonly kind: ChoiceKind;
  /** Number of options, at least 2. Option 0 is FIFO, or the least value. */
  readonly size: number;
  /** The loop's time, in milliseconds. */
  readonly time: number;
  /** Name of an option, for traces and for checking a replay. */
  labelOf(option: number): string;
  /** The handle behind an option; only for `kind: 'handle'`. */
  handleOf(option: number): Handle | undefined;
  /** The option that a handle is; -1 if it is none. */
  indexOf(handle: Handle): number;
  /**
   * False if the options are those of the last choice of a handle, in their order, but for the one that
   * was chosen. A Scheduler that ranks the options may keep its ranking then.
   */
  readonly changed: boolean;
  /**
   * What came since the last choice of a handle, if that is all that `changed`; undefined if options also
   * went otherwise than by being chosen, or if it is not known.
   */
  readonly added?: readonly Handle[] | undefined;
}

/**
 * What may be reordered, from strict to free. `ties`: only what became ready at the same instant
 * (timers with one deadline, completions of external work). `ready`: any handles of one turn.
 * `free`: whatever is ready, across turns. Lanes keep their order in all of them.
 */
export type Reorder = 'ties' | 'ready' | 'free';

export const reorderModes: readonly unknown[] = ['ties', 'ready', 'free'] satisfies Reorder[];

/** Decides inside one run. Every strategy, replay and shrinking implements this one method. */
export interface Scheduler {
  /** Returns the option to take, from 0 to `point.size - 1`. Must be a pure function of the run. */
  choose(point: ChoicePoint): number;
}

/** Always the first option: handles run in the order they became ready, as in CPython. */
export class FifoScheduler implements Scheduler {
  choose(): number {
    return 0;
  }
}
