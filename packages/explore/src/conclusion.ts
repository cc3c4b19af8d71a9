import type { Ended } from './budget.ts';
import type { Nondeterminism } from './determinism.ts';
import type { Exploration } from './exploration.ts';
import type { Failure } from './failures.ts';
import { shardOf, type Plan } from './plan.ts';
import type { TreePart } from './strategies/exhaustive.ts';

/** What is known of a search when it is over. */
export interface Findings {
  readonly runs: number;
  /** Runs that the strategy's guarantee is not about. */
  readonly uncovered: number;
  readonly failures: readonly Failure[];
  readonly ended: Ended;
  readonly nondeterminism: Nondeterminism | null;
  /** What the strategy says that it has covered, if runs of one schedule are the same. */
  readonly coverage: string;
  /** The same of all shards together. */
  readonly coverageOfAll: string;
  /** What an exhaustive strategy has to tell of its part of the tree. */
  readonly tree?: TreePart | null | undefined;
}

/** What is said in the place of a guarantee, which rests on runs of one schedule being the same. */
export const noGuarantee = 'no guarantee, because the program is not deterministic';

/** What a search came to. */
export function conclude(plan: Plan, findings: Findings): Exploration {
  const { runs, uncovered, failures, ended, nondeterminism, coverageOfAll } = findings;
  const coverage = isDeterministic(findings) ? findings.coverage : noGuarantee;
  const passed = failures.length === 0 && (nondeterminism === null || plan.nondeterminism !== 'error');
  const shard = shardOf(plan, uncovered, coverageOfAll, findings.tree ?? null);
  return { passed, runs, failures, nondeterminism, coverage, ended, shard };
}

/** False if runs of one schedule were seen to differ, whether they failed or passed. */
export function isDeterministic({
  failures,
  nondeterminism,
}: Pick<Exploration, 'failures' | 'nondeterminism'>): boolean {
  return nondeterminism === null && failures.every((failure) => failure.nondeterminism === null);
}
