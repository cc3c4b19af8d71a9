import type { ChoicePoint, Handle } from '@timeloom/loop';
import type { Strategy, StrategyOptions } from '../strategy.ts';
import { accessOf, racing } from './access.ts';
import { SampledRun, SamplingStrategy, type Random } from './sampling.ts';
import { count, detectable } from './wording.ts';

/**
 * Partial order sampling: X. Yuan, J. Yang, R. Gu, "Partial order aware concurrency sampling", CAV
 * 2018.
 *
 * Each pending handle has a random priority, and the highest one runs. Those that race with it (see
 * Access) get a new one, so that losing one race does not mean to lose the next.
 *
 * Guarantee: each order of the races has a lower bound, which for most programs is exponentially
 * higher than that of a random walk.
 *
 * Where this deviates from the paper: what a handle accesses is known only if it says so. Handles
 * that do not are taken to race with nothing. Without any accesses this is the paper's "basic POS",
 * a random priority for each event; taking them to race with everything would be a random walk.
 */
export function posStrategy(options: StrategyOptions): Strategy {
  return new Pos(options);
}

class Pos extends SamplingStrategy<PosRun> {
  readonly name = 'pos';
  /** Whether any handle of any run declared an access. */
  #accesses = false;

  protected startRun(random: Random): PosRun {
    return new PosRun(random);
  }

  protected override learn(run: PosRun): void {
    this.#accesses ||= run.accesses;
  }

  protected describe(runs: number): string {
    const basis = this.#accesses ? '' : ' without declared accesses';
    return (
      `POS${basis}, ${count(runs, 'run')}: a failure in more than ${detectable(runs)} of such runs ` +
      'would have shown with probability 95 %'
    );
  }
}

class PosRun extends SampledRun {
  /** Whether any handle so far declared an access. */
  accesses = false;
  /** Of handles that were an option and did not run yet. */
  readonly #priorities = new Map<Handle, number>();

  protected chooseHandle(point: ChoicePoint): number {
    let highest = -1;
    let best = 0;
    for (let option = 0; option < point.size; option++) {
      const priority = this.#priorityOf(point.handleOf(option)!);
      if (priority <= highest) continue;
      highest = priority;
      best = option;
    }
    return best;
  }

  stepStarted(handle: Handle): void {
    this.#priorities.delete(handle);
    const access = accessOf(handle);
    if (access === undefined) return;
    this.accesses = true;
    for (const pending of this.#priorities.keys()) {
      const other = accessOf(pending);
      if (other !== undefined && racing(access, other)) this.#priorities.delete(pending);
    }
  }

  #priorityOf(handle: Handle): number {
    let priority = this.#priorities.get(handle);
    if (priority === undefined) {
      priority = this.random();
      this.#priorities.set(handle, priority);
    }
    return priority;
  }
}
