import type { Ended } from './budget.ts';
import type { Failure } from './failures.ts';
import type { Shard } from './shard.ts';

/** What a search came to. */
export interface Exploration {
  readonly passed: boolean;
  /** Runs of the search; those that shrinking took are not among them. */
  readonly runs: number;
  /** The different ways to fail, in the order in which they were found. */
  readonly failures: readonly Failure[];
  /** What was covered, and the bound of what may have been missed. */
  readonly coverage: string;
  readonly ended: Ended;
  /** Which part of a search this is; null for a whole one. */
  readonly shard: ShardOfSearch | null;
}

/** What mergeExplorations() needs to know of a part. */
export interface ShardOfSearch extends Shard {
  /** Strategy, seed and options: equal for all parts of a search. */
  readonly search: string;
  /** What all parts cover together if none of them ends early, and the guarantee is about all their runs. */
  readonly coverage: string;
  /** Runs of this part that the guarantee is not about. */
  readonly uncovered: number;
}
