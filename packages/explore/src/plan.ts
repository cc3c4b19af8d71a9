import { checkLimit, show, type LimitOptions } from '@timeloom/loop';
import type { ExecutionOptions } from './execution.ts';
import type { ShardOfSearch } from './exploration.ts';
import { searchLimits } from './limits.ts';
import { parseShard, shareOf, type Shard, type Share } from './shard.ts';
import { makeStrategy, strategies } from './strategies/index.ts';
import type { Strategy, StrategyOptions } from './strategy.ts';

/** Which runs a search makes. */
export interface PlanOptions extends Omit<ExecutionOptions, 'instruments' | 'awaitSites'>, LimitOptions {
  /**
   * Most runs of the search, shrinking not counted; default 1,000. With a shard: those of all shards; of an
   * exhaustive strategy, those of each, because a shard cannot know how many of them the others need.
   */
  readonly runs?: number | undefined;
  /** Equal seeds give equal searches; default 0. */
  readonly seed?: number | string | undefined;
  /** Name of a strategy, or one of your own; default `pct`. */
  readonly strategy?: string | Strategy | undefined;
  /** See StrategyOptions. */
  readonly depth?: number | undefined;
  /** See StrategyOptions; for `dpor`. */
  readonly undeclared?: StrategyOptions['undeclared'];
  /**
   * `i/n` makes the i-th of n parts of the search: they are disjoint, and together they are the whole
   * search. Of strategies that draw their runs, each n-th run; of exhaustive ones, subtrees of the choices, of
   * about equal size. Default: all runs.
   */
  readonly shard?: string | undefined;
  /** False goes on after a failure and collects the different ones; default true. */
  readonly stopAtFirst?: boolean | undefined;
  /**
   * At its end a search repeats its first run, and compares: what a search says of the runs that it did not
   * make holds only if runs depend on nothing but their schedules. `warn` tells of a difference in the result,
   * and gives no guarantee; `error` has the search fail as well; `ignore` does not repeat the run. Default
   * `warn`.
   */
  readonly nondeterminism?: 'error' | 'warn' | 'ignore' | undefined;
}

/** Options that were checked. */
export interface Plan {
  readonly runs: number;
  readonly seed: number | string;
  readonly strategy: string | Strategy;
  readonly depth: number | undefined;
  readonly undeclared: StrategyOptions['undeclared'];
  readonly shard: Shard | null;
  /** The runs of the shard. */
  readonly share: Share;
  readonly stopAtFirst: boolean;
  readonly nondeterminism: 'error' | 'warn' | 'ignore';
  readonly execution: ExecutionOptions;
}

/** @throws TypeError, RangeError for bad options, naming them; those of the loop are checked by it. */
export function planOf(options: PlanOptions): Plan {
  const { runs = 1000, seed = 0, depth, strategy = 'pct', stopAtFirst = true } = options;
  checkLimit('runs', runs);
  const shard = options.shard === undefined ? null : parseShard(options.shard);
  const { reorder, latenessMs, runAheadMs, prepare, promiseFree, scope, uncontrolled, undeclared } = options;
  const { maxSteps = searchLimits.maxSteps, maxStepsPerInstant = searchLimits.maxStepsPerInstant } = options;
  const order = { reorder, latenessMs, runAheadMs, scope, uncontrolled, maxSteps, maxStepsPerInstant };
  const execution = { ...order, prepare, promiseFree };
  const nondeterminism = nondeterminismOf(options);
  const plan = { runs, seed, strategy, depth, undeclared, shard, stopAtFirst, nondeterminism, execution };
  const made = strategyOf(plan);
  if (shard !== null) checkSplit('shard', made);
  return { ...plan, share: shareOf(made.divide === undefined ? shard : null, runs) };
}

function nondeterminismOf({ nondeterminism = 'warn' }: PlanOptions): Plan['nondeterminism'] {
  if (nondeterminism === 'error' || nondeterminism === 'warn' || nondeterminism === 'ignore') return nondeterminism;
  throw new TypeError(`nondeterminism must be 'error', 'warn' or 'ignore', got ${show(nondeterminism)}`);
}

/**
 * A new strategy; if it is one of the user's own, that one. With a shard, it keeps to its part.
 *
 * @throws TypeError if it is one of the user's own that was used before, and is to be divided.
 */
export function strategyOf({ strategy, seed, depth, undeclared, shard }: Omit<Plan, 'share'>): Strategy {
  const made = typeof strategy === 'string' ? makeStrategy(strategy, { seed, depth, undeclared }) : strategy;
  if (shard !== null) made.divide?.(shard);
  return made;
}

/** @throws RangeError if the runs of a strategy cannot be made apart from each other. */
export function checkSplit(option: string, strategy: Strategy): void {
  if (isSplit(strategy)) return;
  const able = Object.keys(strategies).filter((name) => isSplit(makeStrategy(name, { seed: 0 })));
  const why = strategy.whyWhole ?? 'it decides on a run by all those before it';
  throw new RangeError(
    `${option} needs a strategy whose runs can be made apart from each other: ${able.join(', ')}; got ` +
      `${show(strategy.name)}: ${why}`,
  );
}

function isSplit({ skipTo, divide }: Strategy): boolean {
  return skipTo !== undefined || divide !== undefined;
}

/**
 * What is to be known of a shard to merge it with the others; null for a whole search.
 *
 * @param coverage what the whole search covers, if the guarantee is about all its runs.
 * @param tree what the strategy knows of its part, if that is a part of a tree.
 */
export function shardOf(
  plan: Plan,
  uncovered: number,
  coverage: string,
  tree: ShardOfSearch['tree'],
): ShardOfSearch | null {
  return plan.shard === null ? null : { ...plan.shard, search: nameOf(plan), coverage, uncovered, tree };
}

/** Equal for the shards of one search. */
function nameOf({ runs, seed, strategy, depth, stopAtFirst, execution }: Plan): string {
  const { prepare, ...numbers } = execution;
  const prepared = prepare === undefined ? {} : { prepared: true };
  const name = typeof strategy === 'string' ? strategy : strategy.name;
  return JSON.stringify({ strategy: name, seed, depth, runs, stopAtFirst, ...numbers, ...prepared });
}
