import type { AccessMode, ChoicePoint, Handle } from '@timeloom/loop';
import { LanePath, type RunLane } from './lanes.ts';
import type { Strategy, StrategyOptions } from '../strategy.ts';
import { racing } from './footprint.ts';
import { Foresight } from './foresight.ts';
import { SampledRun, SamplingStrategy, type Random } from './sampling.ts';
import { SharedObjects, type StepAccesses } from './shared-objects.ts';
import { count, detectable } from './wording.ts';

/**
 * Partial order sampling: X. Yuan, J. Yang, R. Gu, "Partial order aware concurrency sampling", CAV
 * 2018.
 *
 * Each pending handle has a random priority, and the highest one runs. Those that race with it get
 * a new one, so that losing one race does not mean to lose the next.
 *
 * Guarantee: each order of the races has a lower bound, which for most programs is exponentially
 * higher than that of a random walk.
 *
 * Where this deviates from the paper: what a handle is going to access is what its lane did at that
 * place in the last run, if it declared that (see Foresight); what is not known races with nothing.
 * Without any accesses this is the paper's "basic POS", a random priority for each event; taking them
 * to race with everything would be a random walk.
 */
export function posStrategy(options: StrategyOptions): Strategy {
  return new Pos(options);
}

class Pos extends SamplingStrategy<PosRun> {
  readonly name = 'pos';
  readonly #root = new LanePath(null, 0);
  readonly #objects = new SharedObjects();

  protected startRun(random: Random, number: number): PosRun {
    this.#objects.learning = number < this.learningRuns;
    return new PosRun(random, new Foresight(this.#root, this.#objects));
  }

  protected override learn(run: PosRun): void {
    run.foresight.learn();
  }

  protected describe(runs: number): string {
    const basis = this.#objects.shared().length > 0 ? '' : ' without declared accesses';
    return (
      `POS${basis}, ${count(runs, 'run')}: a failure in more than ${detectable(runs)} of such runs ` +
      'would have shown with probability 95 %'
    );
  }
}

class PosRun extends SampledRun {
  readonly foresight: Foresight;
  /** Lanes that have a priority for their next step: those that were an option. */
  readonly #pending: RunLane[] = [];

  constructor(random: Random, foresight: Foresight) {
    super(random);
    this.foresight = foresight;
  }

  protected chooseHandle(point: ChoicePoint): number {
    let highest = -1;
    let best = 0;
    for (let option = 0; option < point.size; option++) {
      const priority = this.#priorityOf(this.foresight.lanes.of(point.handleOf(option)!));
      if (priority <= highest) continue;
      highest = priority;
      best = option;
    }
    return best;
  }

  scheduled(handle: Handle): void {
    this.foresight.lanes.scheduled(handle);
  }

  stepStarted(handle: Handle): void {
    this.foresight.stepStarted(handle);
    this.#forget(this.foresight.lanes.current);
  }

  accessed(object: object, mode: AccessMode): void {
    this.foresight.accessed(object, mode);
  }

  stepEnded(): void {
    this.foresight.stepEnded();
    const { step } = this.foresight;
    if (step.objects.length === 0) return;
    // From the end, as the last one takes the place of one that goes.
    for (let i = this.#pending.length - 1; i >= 0; i--) {
      if (this.#races(this.#pending[i]!, step)) this.#forget(this.#pending[i]!);
    }
  }

  #races(pending: RunLane, step: StepAccesses): boolean {
    for (const { object, mode } of this.foresight.expected(pending)) {
      const other = object?.modeIn(step) ?? null;
      if (other !== null && racing(mode, other)) return true;
    }
    return false;
  }

  #priorityOf(lane: RunLane): number {
    if (Number.isNaN(lane.priority)) {
      lane.priority = this.random();
      lane.place = this.#pending.push(lane) - 1;
    }
    return lane.priority;
  }

  #forget(lane: RunLane): void {
    if (Number.isNaN(lane.priority)) return;
    lane.priority = NaN;
    const last = this.#pending.pop()!;
    if (last === lane) return;
    this.#pending[lane.place] = last;
    last.place = lane.place;
  }
}
