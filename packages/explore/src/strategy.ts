import type { Handle, Instrument, Scheduler } from '@timeloom/loop';
import type { Shard } from './shard.ts';

/**
 * Decides one run. It is asked at every choice point with two options or more, and may watch every
 * step as an Instrument: strategies that weigh tasks by what they have left to do need that.
 */
export interface RunScheduler extends Scheduler, Instrument {
  /** From now on, only the handles that `scope` says race are options; the others run first in, first out. */
  narrowed?(scope: RacingHandles): void;
}

/** What races in a run that is narrowed down to a part of the program. */
export interface RacingHandles {
  /** Whether a handle may be an option; of one that was scheduled in the running step, known when that is over. */
  races(handle: Handle): boolean;
}

/** What a strategy learns about a run that is over. */
export interface RunSummary {
  /** Choice points at which the scheduler was asked. */
  readonly choices: number;
  /** Steps of the run, those without a choice included. */
  readonly steps: number;
  /** Whether the run ended as it should. */
  readonly passed: boolean;
}

/**
 * The search across runs. A strategy is deterministic: equal seeds give equal searches. It hands out
 * one scheduler a run, and hears how the run ended before it is asked for the next.
 */
export interface Strategy {
  /** As in options and reports, e.g. `pct`. */
  readonly name: string;
  /** The scheduler of the next run; null when there is nothing left to try. */
  nextRun(): RunScheduler | null;
  /** True once there is no order, value or duration left that was not tried; nextRun() gives null then. */
  readonly exhausted?: boolean;
  /** The run of the last scheduler is over. */
  runEnded(run: RunSummary): void;
  /**
   * What `runs` runs have covered, and the bound of what they may have missed: one sentence.
   *
   * @param uncovered how many of them the guarantee is not about; default: {@link uncovered}.
   */
  describeCoverage(runs: number, uncovered?: number): string;
  /**
   * Makes the run of this number, from 0, the next one, or an earlier one that has to be made for what
   * follows; numbers only grow. A strategy that has this can be spread over workers and shards: a run
   * depends on the seed, on its number, and on what was learned from the first {@link learningRuns} runs.
   *
   * @returns the number of the run that is next.
   */
  skipTo?(run: number): number;
  /** Runs that every worker and every shard makes, because what follows depends on them. Default 0. */
  readonly learningRuns?: number;
  /** Runs so far that the guarantee is not about. Default 0. */
  readonly uncovered?: number;
  /**
   * Keeps to a part of the search from its beginning on. A strategy that has this can be spread over
   * shards: its parts are disjoint, and together they are the whole search.
   *
   * @throws TypeError if runs were made before.
   */
  divide?(part: Shard): void;
  /** True if the run that nextRun() has given is none of the part, and only shows where those are. Default false. */
  readonly isScouting?: boolean;
  /** Why its runs can be neither spread nor divided, and what to do instead: one sentence. */
  readonly whyWhole?: string;
}

/** What a strategy is made of. */
export interface StrategyOptions {
  /** Equal seeds give equal searches. */
  readonly seed: number | string;
  /** Bug depth: how many ordering constraints a bug may need (PCT), or how many delays (delay bounding). Default 3, which `pct` varies. */
  readonly depth?: number | undefined;
  /**
   * What `dpor` takes steps of user code for, apart from the accesses that they declare: `independent` if
   * all that tasks share is declared, or `dependent`, so that all orders of such steps are run. Default:
   * `independent` for a program that uses `shared` or `sharedObject`, else `dependent`.
   */
  readonly undeclared?: 'dependent' | 'independent' | undefined;
}
