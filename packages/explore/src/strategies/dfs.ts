import type { Strategy, StrategyOptions } from '../strategy.ts';
import { TreeRun, type Start } from './branch.ts';
import { ExhaustiveStrategy, type TreeProgress } from './exhaustive.ts';
import { checkSeed } from './options.ts';
import { count } from './wording.ts';

/**
 * Depth-first search of all orders, the default order first: the choices of a run are the digits of
 * an odometer, whose last one turns fastest. The method of VeriSoft: P. Godefroid, "Model checking for
 * programming languages using VeriSoft", POPL 1997, without its reductions.
 *
 * Guarantee: when the search ends by itself, every order was run, and every value and duration that
 * could be drawn. Their number is exponential, so this is for small programs. It does not end if runs
 * can go on forever, as with a lane that polls while `reorder` is `free`.
 *
 * Shards get subtrees (see Strips): of programs whose lanes are alike, about equal parts, with some 20 runs more
 * that do not count. If all orders begin with the few choices of one lane, parts may differ by a factor of 2 or more.
 */
export function dfsStrategy(options: StrategyOptions): Strategy {
  checkSeed(options);
  // All options are free.
  return new Dfs(0);
}

class Dfs extends ExhaustiveStrategy {
  readonly name = 'dfs';

  startRun(start: Start): TreeRun {
    return new DfsRun(start);
  }

  protected describe({ exhausted }: TreeProgress, runs: number): string {
    return `depth-first search, ${count(runs, 'order')}${exhausted ? '' : ' of more'}`;
  }
}

class DfsRun extends TreeRun {
  protected freeAt(): 'all' {
    return 'all';
  }
}
