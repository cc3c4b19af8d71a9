import { commandLine } from '@timeloom/explore';
import type { ExploreProgramOptions, OrderOptions } from './search-options.ts';

/** Words of the command line for the options that a replay must share with the search. */
export function orderArguments(options: OrderOptions): string[] {
  const { reorder, latenessMs, runAheadMs, scope, maxSteps, maxStepsPerInstant, fresh } = options;
  const named = {
    '--reorder': reorder,
    '--lateness': latenessMs,
    '--run-ahead': runAheadMs,
    '--scope': scope,
    '--max-steps': maxSteps,
    '--max-steps-per-instant': maxStepsPerInstant,
  };
  return fresh === true ? ['--fresh', ...wordsOf(named)] : wordsOf(named);
}

/** The command line of the first `runs` runs of a search. */
export function searchLine(file: string, options: ExploreProgramOptions, runs: number): string {
  const { seed, strategy, depth, undeclared, shard, keepGoing } = options;
  const named = {
    '--runs': runs,
    '--seed': seed,
    '--strategy': strategy,
    '--depth': depth,
    '--undeclared': undeclared,
    '--shard': shard,
  };
  const flags = keepGoing === true ? ['--keep-going'] : [];
  return commandLine(['timeloom', 'explore', file, ...wordsOf(named), ...flags, ...orderArguments(options)]);
}

function wordsOf(named: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
}
