import type { BudgetOptions } from '../budget.ts';
import type { Nondeterminism } from '../determinism.ts';
import type { Plan } from '../plan.ts';
import type { PlainFailure, PlainOutcome } from '../plain.ts';
import type { ShrinkOptions } from '../failures.ts';
import type { Share } from '../shard.ts';
import type { ProgramModule } from '../program-module.ts';
import type { Branch, Start } from '../strategies/branch.ts';

/** What a worker has to know of a search. */
export interface WorkerSearch {
  readonly program: ProgramModule & { readonly module: string };
  readonly plan: Plan & { readonly strategy: string };
  readonly shrinking: ShrinkOptions & Omit<BudgetOptions, 'signal'>;
}

/** Numbers that the threads of a search share: one array of them for each task. */
export const cell = {
  /** Runs that the worker began, for this task; what they are made for does not matter. */
  begun: 0,
  /** The number of the run that was begun last; -1 before the first. */
  run: 1,
  /** The worker's thread. */
  thread: 2,
  /** 1 when the task is done: the thread may end then. */
  done: 3,
} as const;

/** The number of cells. */
export const cells = 4;

/** What a worker is asked for. */
export type WorkerTask = { readonly search: WorkerSearch; readonly progress: Int32Array } & (
  | {
      readonly kind: 'runs';
      readonly share: Share;
      /** Its one cell: no run with this number or a greater one is to be begun. */
      readonly end: Int32Array;
    }
  | {
      readonly kind: 'started';
      /** How the runs begin. Their numbers in the search are not known yet: they are counted from 0. */
      readonly starts: readonly Start[];
      /** Its one cell is 0 once no run is to be begun any more. */
      readonly mayRun: Int32Array;
    }
  | { readonly kind: 'examine'; readonly failing: FailingRun }
  /** Whether the first run of this worker is still the same. */
  | { readonly kind: 'repeat' }
  | {
      readonly kind: 'describe';
      readonly sentences: readonly {
        readonly runs: number;
        readonly uncovered: number;
        /** How many runs a search in one piece would have made: some are learned from. Grows from one to the next. */
        readonly learned: number;
      }[];
    }
);

/** Runs that failed in one way. */
export interface FailingRun {
  readonly key: string;
  /** How many. */
  readonly count: number;
  /** The first one, from 0. */
  readonly number: number;
  readonly outcome: PlainOutcome;
  readonly tape: readonly number[];
}

/** What became of a run whose start was given. */
export interface StartedRun {
  readonly branch: Branch;
  /** Null if it passed. */
  readonly failing: Pick<FailingRun, 'key' | 'outcome' | 'tape'> | null;
}

/** What became of some runs. */
export interface RunsResult {
  /** How many were made, those to learn from left out. */
  readonly runs: number;
  /** How many of them the guarantee is not about. */
  readonly uncovered: number;
  readonly exhausted: boolean;
  readonly failing: readonly FailingRun[];
}

/** The answer to each kind of task. */
export interface WorkerResults {
  readonly runs: RunsResult;
  /** Of the first runs: all, unless they were not to be begun any more. */
  readonly started: readonly StartedRun[];
  readonly examine: PlainFailure;
  readonly repeat: Nondeterminism | null;
  readonly describe: readonly string[];
}

/** A task without what the pool adds to it. */
export type AskedTask<K extends WorkerTask['kind']> = Omit<Extract<WorkerTask, { kind: K }>, 'search' | 'progress'>;

/** Workers that wait for tasks. */
export interface Workers {
  /** How many there are. */
  readonly size: number;
  /**
   * Has a worker do something.
   *
   * @throws WorkerError if the worker ends, hangs, or throws.
   */
  run<K extends WorkerTask['kind']>(asked: AskedTask<K>): Promise<WorkerResults[K]>;
  /** Gives up what is being done. */
  abandon(): void;
}
