import { TimerHandle, type AccessMode, type ChoicePoint, type Handle } from '@timeloom/loop';
import type { LanePath } from './lanes.ts';
import type { RacingHandles, RunScheduler } from '../strategy.ts';
import type { RunDraws } from './draws.ts';
import { unknown } from './footprint.ts';
import { RaceDetector, type Event } from './races.ts';
import { Sleeper } from './sleepers.ts';
import { footprintOf, StepLog, type Paths } from './step-log.ts';

/** A place in the run. */
export interface Node {
  /** What runs here. */
  lane: LanePath;
  /** What could run here; null if that is everything. */
  readonly options: readonly LanePath[] | null;
  /** What it accessed when it ran here; null before, and where the run was found to be redundant. */
  ran: Sleeper | null;
  /** What has to be tried here. */
  readonly backtrack: Set<LanePath>;
  /** What need not be tried here: it was, or an equivalent order was. Null depends on everything. */
  readonly sleep: Map<LanePath, Sleeper | null>;
}

/** What a run has come to. */
export interface DporRunEnd {
  /** False if something was ready and no option. */
  readonly isFree: boolean;
  /** True if an equivalent order was run before. */
  readonly isRedundant: boolean;
  readonly detector: RaceDetector;
}

/** Has a lane be tried at a node; if it can only run once others have taken turns, all of them. */
export function tryAt(node: Node | undefined, lane: LanePath): void {
  if (node === undefined) return;
  const { options, backtrack } = node;
  if (options === null || options.includes(lane)) backtrack.add(lane);
  else for (const option of options) backtrack.add(option);
}

/** One run of `dpor`. */
export class DporRun implements RunScheduler {
  readonly #log: StepLog;
  readonly #nodes: Node[];
  readonly #draws: RunDraws;
  readonly #declaresAll: boolean;
  /** Options of the next step. */
  #options = 1;
  /** The first step that an order equivalent to all that follow has taken before. */
  #redundantFrom = Infinity;
  /** The first step for which something was ready and could not be chosen. */
  #notFreeFrom = Infinity;
  #isNarrow = false;
  /** True if the run was narrowed down when it had begun: what ran before was not observed for that. */
  isNarrowedLate = false;

  /** @param declaresAll whether user code accesses only what it declares, as far as that is known. */
  constructor(paths: Paths, nodes: Node[], draws: RunDraws, declaresAll: boolean) {
    this.#log = new StepLog(paths);
    this.#nodes = nodes;
    this.#draws = draws;
    this.#declaresAll = declaresAll;
  }

  /** True if the program made something with `shared`. */
  get sharesDeclared(): boolean {
    return this.#log.sharesDeclared;
  }

  narrowed(scope: RacingHandles): void {
    this.#isNarrow = true;
    this.isNarrowedLate = this.#log.scheduledSoFar.length > 0;
    this.#log.narrow(scope);
  }

  get #step(): number {
    return this.#log.steps.length;
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return this.#draws.draw(this.#log.lanes.current, point.size);
    this.#options = point.size;
    if (this.#redundantFrom < Infinity) return 0;
    const lanes = Array.from({ length: point.size }, (_, option) => this.#laneOf(point, option));
    const node = this.#nodes[this.#step] ?? this.#makeNode(lanes, this.#log.isAnyOutsideReady(point.time));
    const option = lanes.findIndex((lane) => lane === node?.lane);
    if (option === -1) this.#redundantFrom = this.#step;
    return Math.max(0, option);
  }

  #laneOf(point: ChoicePoint, option: number): LanePath {
    const handle = point.handleOf(option)!;
    // A timer that is not due is the option to let time pass.
    if (handle instanceof TimerHandle && handle.when > point.time) return this.#log.time;
    return this.#log.lanes.of(handle).path;
  }

  /**
   * A place where no run was before; null if all that can run sleeps.
   *
   * @param tryAll whether all that can run has to be tried.
   */
  #makeNode(lanes: readonly LanePath[], tryAll: boolean): Node | null {
    const sleep = this.#stillAsleep(lanes);
    const lane = lanes.find((one) => !sleep.has(one));
    if (lane === undefined) return null;
    const options = this.#isNarrow ? lanes : null;
    const node: Node = { lane, options, ran: null, backtrack: new Set(tryAll ? lanes : [lane]), sleep };
    this.#nodes.push(node);
    return node;
  }

  #stillAsleep(lanes: readonly LanePath[]): Map<LanePath, Sleeper | null> {
    const sleep = new Map<LanePath, Sleeper | null>();
    const parent = this.#nodes.at(-1);
    if (parent === undefined || parent.sleep.size === 0) return sleep;
    const last = footprintOf(this.#log.steps.at(-1)!, this.#declaresAll);
    for (const lane of lanes) {
      const sleeper = parent.sleep.get(lane);
      if (sleeper && !sleeper.dependsOn(last, this.#log.objects)) sleep.set(lane, sleeper);
    }
    return sleep;
  }

  /** The next step is one that nobody had to choose, or that was chosen. */
  #enterNode(lane: LanePath): void {
    if (this.#redundantFrom < Infinity || this.#nodes.length > this.#step) return;
    if (this.#makeNode([lane], false) === null) this.#redundantFrom = this.#step;
  }

  turnStarted(): void {
    this.#log.turnStarted();
  }

  timeAdvanced(from: number, to: number): void {
    this.#enterNode(this.#log.time);
    this.#log.timeAdvanced(from, to);
    this.#options = 1;
  }

  scheduled(handle: Handle): void {
    this.#log.scheduled(handle);
  }

  stepStarted(handle: Handle, time: number): void {
    this.#enterNode(this.#log.lanes.of(handle).path);
    this.#log.stepStarted(handle, time);
    // One lane is the one that runs.
    const notFree = this.#log.races(handle) && this.#log.readyLanesBut(this.#log.lanes.current) + 1 > this.#options;
    if (notFree) this.#notFreeFrom = Math.min(this.#notFreeFrom, this.#step);
  }

  accessed(object: object, mode: AccessMode): void {
    this.#log.accessed(object, mode);
  }

  stepEnded(): void {
    this.#log.stepEnded();
    this.#options = 1;
  }

  /**
   * The run was over after `stepsOfLoop`; what came then was its cleanup.
   *
   * @param declaresAll whether user code accesses only what it declares.
   * @param begunAlike the first events of an earlier run, as far as this one took the same steps.
   */
  end(stepsOfLoop: number, declaresAll: boolean, begunAlike: readonly Event[]): DporRunEnd {
    const all = this.#log.indexBehind(stepsOfLoop);
    const steps = Math.min(all, this.#redundantFrom);
    const isRedundant = steps < all;
    this.#nodes.length = Math.min(this.#nodes.length, all);
    const detector = new RaceDetector(begunAlike);
    for (const [number, step] of this.#log.steps.slice(0, steps).entries()) {
      const footprint = footprintOf(step, declaresAll);
      detector.add({ ...step, footprint });
      const node = this.#nodes[number];
      if (node !== undefined) node.ran ??= new Sleeper(footprint, this.#log.objects, number);
    }
    this.#tryPrevented(detector, steps);
    if (!isRedundant) this.#addPending(detector, steps);
    return { isFree: this.#notFreeFrom >= all, isRedundant, detector };
  }

  /** What was ready at the end could have run before it. */
  #addPending(detector: RaceDetector, steps: number): void {
    for (const { lane, scheduledBy, when, step, cancelledBy } of this.#log.scheduledSoFar) {
      if (when > -Infinity || scheduledBy >= steps || step < steps || cancelledBy < steps) continue;
      detector.add({ lane: lane.path, footprint: unknown, scheduledBy, before: [] });
    }
  }

  /** What was cancelled, and timers that the end of the run came before, are to be tried earlier. */
  #tryPrevented(detector: RaceDetector, steps: number): void {
    for (const { lane, scheduledBy, when, step, cancelledBy, cancelledAt } of this.#log.scheduledSoFar) {
      if (step < steps || scheduledBy >= steps) continue;
      if (when <= cancelledAt && cancelledBy < steps) tryAt(this.#nodes[cancelledBy], lane.path);
      else if (when > -Infinity) this.#letTimePass(detector, scheduledBy + 1, Math.min(cancelledBy + 1, steps), when);
    }
  }

  /** Lets time pass up to a timer before each of the operations among some steps. */
  #letTimePass(detector: RaceDetector, start: number, end: number, when: number): void {
    for (let step = start; step < end; step++) {
      const { operation, time } = this.#log.steps[step]!;
      if (!operation || time >= when) continue;
      const lane = this.#firstBeforeTimePasses(detector, step) ?? this.#log.time;
      tryAt(this.#nodes[step], lane);
    }
  }

  /** What has to run before time can pass by an operation; null if there is nothing. */
  #firstBeforeTimePasses(detector: RaceDetector, operation: number): LanePath | null {
    const { steps } = this.#log;
    for (let step = operation + 1; step < detector.events.length; step++) {
      if (steps[step]!.time !== steps[operation]!.time) break;
      if (!steps[step]!.late && !detector.happensBefore(operation, step)) return steps[step]!.lane;
    }
    return null;
  }
}
