import type { ChoicePoint, Handle } from '@timeloom/loop';
import type { Strategy, StrategyOptions } from '../strategy.ts';
import { TreeRun, type Free, type Start } from './branch.ts';
import { BoundedStrategy } from './exhaustive.ts';
import { checkDepth, checkSeed } from './options.ts';

/**
 * Iterative context bounding: M. Musuvathi, S. Qadeer, "Iterative context bounding for systematic
 * testing of multithreaded programs", PLDI 2007.
 *
 * All orders with at most c preemptions, for c = 0, 1, 2, … up to `depth`. A preemption goes on with
 * another lane although the one that ran last is ready again. Changing lanes when it is not ready,
 * because it waits or is done, is free, so lanes run on as far as they can.
 *
 * Guarantee: when bound c is done, every order with at most c preemptions was run, each once. For a
 * fixed c their number is polynomial in the steps of a lane.
 *
 * Where this deviates from the paper: its scheduler is fair to threads that yield, this one is not,
 * so a lane that polls does so until a limit of the loop ends the run. Values and durations are free.
 * Give the loop `reorder: 'free'`: within one turn no lane is ready again, and every choice is free.
 *
 * Shards go through the bounds each for itself, over about equal numbers of orders (see Strips).
 */
export function preemptionBoundStrategy(options: StrategyOptions): Strategy {
  checkSeed(options);
  return new PreemptionBound(checkDepth(options, 'or Infinity'));
}

class PreemptionBound extends BoundedStrategy {
  readonly name = 'preemption-bound';
  protected readonly counted = ['preemption', 'preemptions'] as const;

  startRun(start: Start): TreeRun {
    return new PreemptionBoundRun(start);
  }
}

class PreemptionBoundRun extends TreeRun {
  #last: object | null = null;

  stepStarted(handle: Handle): void {
    this.#last = handle.lane;
  }

  protected freeAt(point: ChoicePoint): Free {
    if (point.kind !== 'handle' || this.#last === null) return 'all';
    for (let option = 0; option < point.size; option++) {
      if (point.handleOf(option)!.lane === this.#last) return option;
    }
    return 'all';
  }
}
