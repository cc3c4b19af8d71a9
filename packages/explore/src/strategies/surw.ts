import type { AccessMode, ChoicePoint, Handle } from '@timeloom/loop';
import { LanePath, type RunLane } from './lanes.ts';
import type { RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { Foresight } from './foresight.ts';
import { Remaining } from './profile.ts';
import { below, drawWeighted, SampledRun, SamplingStrategy, type Random } from './sampling.ts';
import { SharedObject, SharedObjects } from './shared-objects.ts';
import { count, detectable } from './wording.ts';

/**
 * Selectively uniform random walk: H. Zhao, D. Wolff, U. Mathur, A. Roychoudhury, "Selectively uniform
 * concurrency testing", ASPLOS 2025, algorithm 2.
 *
 * Each run selects one object that lanes share. The lane that accesses it next is drawn with a
 * probability proportional to the accesses that each lane has left, and the accesses of other lanes
 * wait for it. Everything else goes by random priorities, one for each step.
 *
 * Guarantee: all orders of the accesses to the selected object are equally likely, if the numbers of
 * accesses are right and no lane waits for another; every order of the run is possible.
 *
 * Where this deviates from the paper:
 *  - Objects are those whose accesses are declared, apart from futures: cells made with `shared`, locks,
 *    queues and the like. What a step will access is what its lane did at that place in the last run
 *    (see Foresight). Where no object is shared, all steps are selected, which is URW.
 *  - The numbers are the means of the runs that passed so far, as in URW.
 *  - A lane that was drawn and does not come to its access within 1,000 choices is drawn again: what
 *    it waits for may be one of the accesses that wait.
 */
export function surwStrategy(options: StrategyOptions): Strategy {
  return new Surw(options);
}

const mostWaiting = 1000;

class Surw extends SamplingStrategy<SurwRun> {
  readonly name = 'surw';
  readonly #root = new LanePath(null, 0);
  readonly #objects = new SharedObjects();
  /** Stands for all steps, in programs that share nothing. */
  readonly #allSteps = new SharedObject(0, false);

  protected startRun(random: Random, number: number): SurwRun {
    this.#objects.learning = number < this.learningRuns;
    const shared = this.#objects.shared();
    const selected = shared.length === 0 ? this.#allSteps : shared[below(random, shared.length)]!;
    const known = { root: this.#root, objects: this.#objects, allSteps: this.#allSteps };
    return new SurwRun(random, known, number === 0 ? null : selected);
  }

  protected override learn(run: SurwRun, { passed, steps }: RunSummary): void {
    // A run that failed may have ended early.
    if (passed || this.#allSteps.profile.isEmpty) run.learn(steps);
  }

  protected describe(runs: number): string {
    const objects = this.#objects.shared().length;
    const over = objects === 0 ? ' without declared accesses' : ` over ${count(objects, 'shared object')}`;
    const orders = objects === 0 ? 'all orders' : 'all orders of the accesses to one of them';
    return (
      `SURW${over}, ${count(runs, 'run')}: a failure in more than ${detectable(runs / Math.max(1, objects))} of ` +
      `${orders} would have shown with probability 95 %, as far as lanes do not wait for each other`
    );
  }
}

/** What all runs of a search share. */
interface Known {
  readonly root: LanePath;
  readonly objects: SharedObjects;
  readonly allSteps: SharedObject;
}

class SurwRun extends SampledRun {
  readonly #known: Known;
  /** What the run is uniform about; null for the run that only measures. */
  readonly #selected: SharedObject | null;
  readonly #remaining: Remaining;
  readonly #foresight: Foresight;
  readonly #made: RunLane[] = [];
  /** Each step, if later runs are to know of it: its lane, and what it accessed. */
  readonly #steps: { readonly lane: RunLane; readonly objects: readonly SharedObject[] }[] = [];
  /** The lane whose access to the selected object comes next, once it is drawn. */
  #next: RunLane | null = null;
  /** Choices since it was drawn. */
  #waited = 0;
  /** Lanes whose access waits for the one of `next`. */
  readonly #waiting = new Set<RunLane>();

  constructor(random: Random, known: Known, selected: SharedObject | null) {
    super(random);
    this.#known = known;
    this.#selected = selected;
    this.#remaining = new Remaining((selected ?? known.allSteps).profile);
    this.#foresight = new Foresight(known.root, known.objects);
  }

  protected chooseHandle(point: ChoicePoint): number {
    if (this.#selected === null) return 0;
    if (this.#next !== null && ++this.#waited > mostWaiting) this.#forgetNext();
    for (;;) {
      const option = this.#highest(point);
      if (option === -1) {
        // The lane that was drawn cannot run now.
        this.#forgetNext();
        continue;
      }
      const lane = this.#laneOf(point, option);
      if (!this.#willAccessSelected(lane)) return option;
      this.#next ??= this.#drawNext(point, lane);
      if (lane === this.#next) return option;
      this.#waiting.add(lane);
    }
  }

  /** @param ready a lane that is ready to access the selected object. */
  #drawNext(point: ChoicePoint, ready: RunLane): RunLane {
    const lanes: RunLane[] = [];
    const weights: number[] = [];
    for (let option = 0; option < point.size; option++) {
      const lane = this.#laneOf(point, option);
      if (this.#waiting.has(lane)) continue;
      lanes.push(lane);
      weights.push(Math.max(lane === ready ? 1 : 0, this.#remaining.of(lane)));
    }
    return lanes[drawWeighted(this.random, weights)]!;
  }

  #highest(point: ChoicePoint): number {
    let highest = -1;
    let best = -1;
    for (let option = 0; option < point.size; option++) {
      const lane = this.#laneOf(point, option);
      if (this.#waiting.size > 0 && this.#waiting.has(lane)) continue;
      if (Number.isNaN(lane.priority)) lane.priority = this.random();
      if (lane.priority <= highest) continue;
      highest = lane.priority;
      best = option;
    }
    return best;
  }

  #laneOf(point: ChoicePoint, option: number): RunLane {
    return this.#foresight.lanes.of(point.handleOf(option)!);
  }

  #forgetNext(): void {
    this.#next = null;
    this.#waited = 0;
    if (this.#waiting.size > 0) this.#waiting.clear();
  }

  #willAccessSelected(lane: RunLane): boolean {
    if (this.#selected === this.#known.allSteps) return true;
    for (const { object } of this.#foresight.expected(lane)) if (object === this.#selected) return true;
    return false;
  }

  scheduled(handle: Handle): void {
    const lane = this.#foresight.lanes.scheduled(handle);
    if (lane === null) return;
    this.#made.push(lane);
    // The access of the lane that was drawn may turn out to be one of its child's.
    const inherits = lane.parent === this.#next && this.#next !== null;
    if (inherits && this.random() * this.#remaining.of(this.#next!) < this.#remaining.of(lane)) this.#next = lane;
    this.#remaining.made(lane);
  }

  stepStarted(handle: Handle): void {
    this.#foresight.stepStarted(handle);
    this.#foresight.lanes.current.priority = NaN;
  }

  accessed(object: object, mode: AccessMode): void {
    this.#foresight.accessed(object, mode);
  }

  stepEnded(): void {
    const lane = this.#foresight.lanes.current;
    this.#foresight.stepEnded();
    const { objects, allSteps } = this.#known;
    const { step } = this.#foresight;
    if (objects.learning) this.#steps.push({ lane, objects: [allSteps, ...step.objects] });
    if (this.#selected === null || (this.#selected !== allSteps && this.#selected.modeIn(step) === null)) return;
    this.#remaining.spend(lane);
    this.#forgetNext();
  }

  /** The run was over after `steps`: later ones know what its lanes did, and how often. */
  learn(steps: number): void {
    this.#foresight.learn();
    const events = new Map<SharedObject, Map<RunLane, number>>();
    for (const { lane, objects } of this.#steps.slice(0, steps)) {
      for (const object of objects) {
        let ofObject = events.get(object);
        if (ofObject === undefined) events.set(object, (ofObject = new Map(this.#made.map((made) => [made, 0]))));
        ofObject.set(lane, (ofObject.get(lane) ?? 0) + 1);
      }
    }
    for (const [object, ofObject] of events) {
      if (object === this.#known.allSteps || object.isShared) object.profile.add(ofObject);
    }
  }
}
