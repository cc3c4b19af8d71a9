import { checkLimit, show, type LimitOptions } from '@timeloom/loop';
import type { ExecutionOptions } from './execution.ts';
import type { ShardOfSearch } from './exploration.ts';
import { searchLimits } from './limits.ts';
import { parseShard, shareOf, type Shard, type Share } from './shard.ts';
import { makeStrategy, strategies } from './strategies/index.ts';
import type { Strategy, StrategyOptions } from './strategy.ts';

/** Which runs a search makes. */
export interface PlanOptions extends Omit<ExecutionOptions, 'instruments' | 'awaitSites'>, LimitOptions {
  /** Most runs of the search, shrinking not counted; default 1,000. With a shard: those of all shards. */
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
   * `i/n` makes every n-th run only, from the i-th on: the shards of a search are disjoint, and together
   * they are the whole search. Only for strategies that draw their runs. Default: all runs.
   */
  readonly shard?: string | undefined;
  /** False goes on after a failure and collects the different ones; default true. */
  readonly stopAtFirst?: boolean | undefined;
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
  const share = shareOf(shard, runs);
  const plan = { runs, seed, strategy, depth, undeclared, shard, share, stopAtFirst, execution };
  if (shard !== null) checkSplit('shard', strategyOf(plan));
  return plan;
}

/** A new strategy; if it is one of the user's own, that one. */
export function strategyOf({ strategy, seed, depth, undeclared }: Plan): Strategy {
  return typeof strategy === 'string' ? makeStrategy(strategy, { seed, depth, undeclared }) : strategy;
}

/** @throws RangeError if the runs of a strategy cannot be made apart from each other. */
export function checkSplit(option: string, strategy: Strategy): void {
  if (strategy.skipTo !== undefined) return;
  const able = Object.keys(strategies).filter((name) => makeStrategy(name, { seed: 0 }).skipTo !== undefined);
  throw new RangeError(
    `${option} needs a strategy whose runs can be made apart from each other: ${able.join(', ')}; got ` +
      `${show(strategy.name)}, which decides on a run by all those before it`,
  );
}

/**
 * What is to be known of a shard to merge it with the others; null for a whole search.
 *
 * @param coverage what the whole search covers, if the guarantee is about all its runs.
 */
export function shardOf(plan: Plan, uncovered: number, coverage: string): ShardOfSearch | null {
  return plan.shard === null ? null : { ...plan.shard, search: nameOf(plan), coverage, uncovered };
}

/** Equal for the shards of one search. */
function nameOf({ runs, seed, strategy, depth, stopAtFirst, execution }: Plan): string {
  const { prepare, ...numbers } = execution;
  const prepared = prepare === undefined ? {} : { prepared: true };
  const name = typeof strategy === 'string' ? strategy : strategy.name;
  return JSON.stringify({ strategy: name, seed, depth, runs, stopAtFirst, ...numbers, ...prepared });
}
