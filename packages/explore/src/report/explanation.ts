import type { Difference, Schedule } from '@timeloom/trace';
import type { Frame } from './frames.ts';

/** Why a program fails in one order and not in another: all of it survives JSON. */
export interface Explanation {
  /** The failing run, along the smallest schedule. */
  readonly run: ExplainedRun;
  /** One for each difference of its schedule, in their order. */
  readonly swaps: readonly Swap[];
  /** The nearest run that passes; null if none was found. */
  readonly neighbour: Neighbour | null;
}

/** A run, step by step. */
export interface ExplainedRun {
  readonly outcome: 'passed' | 'failed' | 'deadlocked' | 'limited';
  /** What it failed with; null if it passed. */
  readonly error: ErrorData | null;
  /** Who took the steps: the tasks, in the order in which they came to be. */
  readonly lanes: readonly string[];
  /** In order. Of a long run, those in the middle that no swap is about are left out. */
  readonly steps: readonly ExplainedStep[];
  /** How many steps were left out. */
  readonly omitted: number;
}

/** What a program threw. */
export interface ErrorData {
  /** That of its class, or its type if it is no Error. */
  readonly name: string;
  readonly message: string;
  /** Where it was made, in the user's code, innermost first. */
  readonly frames: readonly Frame[];
}

/** A step of a run; or a latency or value other than the least that was drawn. */
export interface ExplainedStep {
  readonly kind: 'step' | 'draw';
  /** Number of the step, from 1; of a draw, that of the step before it. */
  readonly number: number;
  /** The loop's time, in milliseconds. */
  readonly time: number;
  /** Index in `lanes`: the task whose step it is, or whose operation. */
  readonly lane: number;
  /** What it does, e.g. `resumes`. */
  readonly label: string;
  /** True for a step that runs no code of the user's, as when a sleep ends and its task is yet to resume. */
  readonly inline: boolean;
  /** Where the task waited, or where the operation was made: `file:line:column`; null if not known. */
  readonly at: string | null;
}

/** What one difference from FIFO did. */
export type Swap = HeldSwap | DrawnSwap;

/** A step was held back, and others overtook it. */
export interface HeldSwap {
  readonly kind: 'held';
  readonly difference: Difference;
  /** The step that was held; without a number if the run ended before it. */
  readonly held: StepSite;
  /** Number of the step before which it was held: the first of those that overtook it. */
  readonly from: number;
  /** How many steps overtook it. */
  readonly overtakers: number;
  /** The last one that did: without it the failure would be gone. Null if there was none. */
  readonly overtaker: StepSite | null;
}

/** A latency or value was drawn that is not the least. */
export interface DrawnSwap {
  readonly kind: 'drawn';
  readonly difference: Difference;
  /** What was taken, e.g. `answer: 6 ms`. */
  readonly taken: string;
  /** What FIFO takes, e.g. `answer: 0 ms`. */
  readonly least: string;
  /** The loop's time, in milliseconds. */
  readonly time: number;
  /** Where it was drawn, innermost first. */
  readonly frames: readonly Frame[];
}

/** A step, and where it comes from. */
export interface StepSite {
  /** Null if it did not run. */
  readonly number: number | null;
  /** Index in `lanes`. */
  readonly lane: number;
  readonly label: string;
  /** Where its task waited (`awaited`), or where the operation was made (`scheduled`). */
  readonly cause: 'awaited' | 'scheduled';
  /** Innermost first; empty if not known. */
  readonly frames: readonly Frame[];
}

/** The nearest run that passes. */
export interface Neighbour {
  /**
   * How its schedule differs from the failing one: one difference is `shortened` by one choice or option,
   * or `removed`; or nothing is left of them (`fifo`); or one is `added`, because less fails as well.
   */
  readonly change: 'shortened' | 'removed' | 'fifo' | 'added';
  /** Index of the difference that was changed, or is new; null for `fifo`. */
  readonly index: number | null;
  readonly schedule: Schedule;
  readonly run: ExplainedRun;
}
