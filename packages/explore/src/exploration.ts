import type { Ended } from './budget.ts';
import type { Nondeterminism } from './determinism.ts';
import type { Failure } from './failures.ts';
import type { Shard } from './shard.ts';
import type { TreePart } from './strategies/exhaustive.ts';

/** What a search came to. */
export interface Exploration {
  /** True if no run failed; with `nondeterminism: 'error'`, only if the first run can be repeated, too. */
  readonly passed: boolean;
  /** Runs of the search; those that shrinking took are not among them. */
  readonly runs: number;
  /** The different ways to fail, in the order in which they were found. */
  readonly failures: readonly Failure[];
  /**
   * How the first run differed when it was repeated at the end: then runs depend on more than their
   * schedules, most often on what earlier runs left in modules. Null if it did not differ.
   */
  readonly nondeterminism: Nondeterminism | null;
  /** What was covered, and the bound of what may have been missed; no bound if runs were seen to differ. */
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
  /** How far this part of a tree of choices has come; null for a strategy that draws its runs. */
  readonly tree: TreePart | null;
}
