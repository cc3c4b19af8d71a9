import type { Exploration, ShardOfSearch } from './exploration.ts';
import type { Segment } from './strategies/choice-tree.ts';
import { ExhaustiveStrategy, type TreePart, type TreeProgress } from './strategies/exhaustive.ts';
import { makeStrategy } from './strategies/index.ts';

/** A part of an exhaustive search. */
export type PartOfTree = Exploration & { readonly shard: ShardOfSearch & { readonly tree: TreePart } };

/** True if all explorations are parts of a tree of choices. */
export function areTrees(parts: readonly Exploration[]): parts is readonly PartOfTree[] {
  return parts.every(({ shard }) => (shard?.tree ?? null) !== null);
}

/**
 * The parts with the runs of their failures numbered as in the search in one piece. The numbers are those
 * of that search up to the first run that is missing.
 */
export function renumber(parts: readonly PartOfTree[]): PartOfTree[] {
  const segments = parts.flatMap(({ shard }) => shard.tree.segments);
  const before = new Map<Segment, number>();
  let runs = 0;
  for (const segment of segments.toSorted((a, b) => a.cost - b.cost || a.strip - b.strip)) {
    before.set(segment, runs);
    runs += segment.runs;
  }
  return parts.map((part) => {
    const numberOf = (run: number): number => {
      let own = run;
      const segment = part.shard.tree.segments.find((one) => own <= one.runs || ((own -= one.runs), false));
      return before.get(segment!)! + own;
    };
    const failures = part.failures.map((failure) => ({ ...failure, firstRun: numberOf(failure.firstRun) }));
    return { ...part, failures };
  });
}

/** What the parts have covered together. */
export function describeTrees(parts: readonly PartOfTree[]): string {
  const trees = parts.map(({ shard }) => shard.tree);
  const strategy = makeStrategy(trees[0]!.strategy, { seed: 0 }) as ExhaustiveStrategy;
  const runs = parts.reduce((sum, part) => sum + part.runs, 0);
  return strategy.describeProgress(progressOf(trees), runs, runs);
}

function progressOf(trees: readonly TreeProgress[]): TreeProgress {
  const behind = trees.filter(({ done }) => !done).map(({ cost }) => cost);
  return {
    cost: behind.length > 0 ? Math.min(...behind) : Math.max(...trees.map(({ cost }) => cost)),
    done: behind.length === 0,
    exhausted: trees.every(({ exhausted }) => exhausted),
    sampled: trees.some(({ sampled }) => sampled),
  };
}
