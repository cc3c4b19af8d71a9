import type { Strategy, StrategyOptions } from '../strategy.ts';
import { TreeRun, type Start } from './branch.ts';
import { BoundedStrategy } from './exhaustive.ts';
import { checkDepth, checkSeed } from './options.ts';

/**
 * Delay bounding: M. Emmi, S. Qadeer, Z. Rakamarić, "Delay-bounded scheduling", POPL 2011.
 *
 * All orders with at most d differences from the default one, for d = 0, 1, 2, … up to `depth`. The
 * default order is FIFO, so d = 0 is what runs in production if nothing is ever late.
 *
 * Guarantee: when bound d is done, every order with at most d differences was run, each once: with k
 * choice points among m options, at most (k·m)^d of them.
 *
 * Where this deviates from the paper: a delay there passes over one task. A difference here passes
 * over any number of them, and values and durations other than the least count like one: it is what
 * a Schedule keeps, so d is the length of the shortest failing schedule.
 *
 * Shards go through the bounds each for itself, over about equal numbers of orders (see Strips).
 */
export function delayBoundStrategy(options: StrategyOptions): Strategy {
  checkSeed(options);
  return new DelayBound(checkDepth(options, 'or Infinity'));
}

class DelayBound extends BoundedStrategy {
  readonly name = 'delay-bound';
  protected readonly counted = ['difference from FIFO', 'differences from FIFO'] as const;

  startRun(start: Start): TreeRun {
    return new DelayBoundRun(start);
  }
}

class DelayBoundRun extends TreeRun {
  protected freeAt(): number {
    return 0;
  }
}
