import type { ExecutionOptions, ExploreOptions } from '@timeloom/explore';

/** How the orders of a program may differ: the same for a search and for the replay of what it found. */
export interface OrderOptions extends Pick<
  ExecutionOptions,
  'reorder' | 'latenessMs' | 'runAheadMs' | 'scope' | 'maxSteps' | 'maxStepsPerInstant'
> {
  /**
   * True imports the program anew for each run, with everything that it imports; default false. The memory
   * of ES modules is never given up.
   */
  readonly fresh?: boolean | undefined;
  /** True prints the result as JSON; default false. */
  readonly json?: boolean | undefined;
  /**
   * For how long one step may keep everything else from running, in real milliseconds, before the process is
   * ended; default 10,000. With workers, for how long one run may, before the search is; default 60,000.
   */
  readonly patienceMs?: number | undefined;
}

/** As those of explore(). */
export interface ExploreProgramOptions
  extends
    OrderOptions,
    Pick<
      ExploreOptions,
      'runs' | 'seed' | 'depth' | 'undeclared' | 'maxTimeMs' | 'shard' | 'shrinkToAny' | 'nondeterminism'
    > {
  /** Name of a strategy; default `pct`. */
  readonly strategy?: string | undefined;
  /** True goes on after a failure and collects the different ones; default false. */
  readonly keepGoing?: boolean | undefined;
  /** How many threads make the runs; default 1. */
  readonly workers?: number | undefined;
}

export interface ReplayProgramOptions extends OrderOptions {
  /** True writes each step, those of the cleanup included; default false. */
  readonly trace?: boolean | undefined;
}
