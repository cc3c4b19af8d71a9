import { show } from '@timeloom/loop';
import type { Ended } from './budget.ts';
import { isDeterministic, noGuarantee } from './conclusion.ts';
import type { Exploration, ShardOfSearch } from './exploration.ts';
import type { Failure } from './failures.ts';
import { areTrees, describeTrees, renumber } from './merge-trees.ts';

/** A part of a search. */
type Part = Exploration & { readonly shard: ShardOfSearch };

/**
 * What the shards of a search came to, as one Exploration. Where all of them went to their ends, it is
 * that of the search in one piece. Where a failure ended it, its first failure is; the shards
 * may have found others, and made more runs, because they do not know of each other.
 *
 * @param parts all shards of one search, in any order.
 * @throws TypeError, RangeError if they are not that, saying what is missing, double or different.
 */
export function mergeExplorations(parts: readonly Exploration[]): Exploration {
  const sorted = checkParts(parts).toSorted((a, b) => a.shard.index - b.shard.index);
  const numbered = areTrees(sorted) ? renumber(sorted) : sorted;
  const failures = mergeFailures(numbered.flatMap((part) => part.failures));
  return {
    passed: sorted.every(({ passed }) => passed),
    runs: sorted.reduce((sum, { runs }) => sum + runs, 0),
    failures,
    nondeterminism: sorted.find(({ nondeterminism }) => nondeterminism !== null)?.nondeterminism ?? null,
    coverage: mergeCoverage(sorted),
    ended: mergeEnded(sorted),
    shard: null,
  };
}

function checkParts(parts: readonly Exploration[]): Part[] {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new TypeError(`explorations must be an array of at least one, got ${show(parts)}`);
  }
  const whole = parts.findIndex((part) => (part?.shard ?? null) === null);
  if (whole !== -1)
    throw new TypeError(`explorations[${whole}] must be that of a shard: it is a whole search, or none`);
  const [first, ...others] = parts as Part[];
  const different = others.find(({ shard }) => shard.search !== first!.shard.search || shard.of !== first!.shard.of);
  if (different !== undefined) {
    throw new RangeError(
      `explorations must be of one search: ${describe(first!)} and ${describe(different)} have different options`,
    );
  }
  checkComplete(parts as Part[]);
  return parts as Part[];
}

function checkComplete(parts: readonly Part[]): void {
  const { of } = parts[0]!.shard;
  const indices = new Set(parts.map(({ shard }) => shard.index));
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !indices.has(index));
  if (missing.length > 0) {
    throw new RangeError(`explorations must be all shards: ${missing.map((i) => `${i}/${of}`).join(', ')} missing`);
  }
  if (parts.length > of)
    throw new RangeError(`explorations must be ${of} shards, got ${parts.length}: one is there twice`);
}

function describe({ shard }: Part): string {
  return `shard ${shard.index}/${shard.of} of ${shard.search}`;
}

/** Failures of one kind are one; the earliest stands for it, as where the search is in one piece. */
function mergeFailures(all: readonly Failure[]): Failure[] {
  const byKey = new Map<string, Failure>();
  for (const failure of all.toSorted((a, b) => a.firstRun - b.firstRun)) {
    const first = byKey.get(failure.key);
    const merged = first === undefined ? failure : { ...first, count: first.count + failure.count };
    byKey.set(failure.key, merged);
  }
  return [...byKey.values()];
}

function mergeCoverage(parts: readonly Part[]): string {
  if (!parts.every(isDeterministic)) return noGuarantee;
  if (areTrees(parts)) return describeTrees(parts);
  const wholes = new Set(parts.map(({ shard }) => shard.coverage));
  const complete = parts.every(({ ended, shard }) => isComplete(ended) && shard.uncovered === 0);
  if (complete && wholes.size === 1) return parts[0]!.shard.coverage;
  return parts.map(({ shard, coverage }) => `shard ${shard.index}/${shard.of}: ${coverage}`).join('; ');
}

function isComplete(ended: Ended): boolean {
  return ended === 'runs' || ended === 'exhausted';
}

/** What ended a shard before it had made all its runs, what says most about the whole first. */
const early: readonly Ended[] = ['failure', 'aborted', 'time'];

/**
 * Shards of a tree have a part of it each, and each has to come to the end of its own. All others ask for their runs
 * by number: what one of them cannot have, the search in one piece could not have either.
 */
function mergeEnded(parts: readonly Part[]): Ended {
  const all = parts.map(({ ended }) => ended);
  const atTheEnd: readonly Ended[] = areTrees(parts) ? ['runs', 'exhausted'] : ['exhausted', 'runs'];
  return [...early, ...atTheEnd].find((ended) => all.includes(ended))!;
}
