import { TimerHandle, type AccessMode, type ChoicePoint, type Handle } from '@timeloom/loop';
import { Lanes, type LanePath, type RunLane } from '../lanes.ts';
import { isSharedState } from '../shared.ts';
import type { RunScheduler } from '../strategy.ts';
import type { RunDraws } from './draws.ts';
import { Footprint, unknown } from './footprint.ts';
import { RaceDetector, type RacingStep } from './races.ts';
import { FirstAccesses, Sleeper } from './sleepers.ts';

/** A place in the run. */
export interface Node {
  /** What runs here. */
  lane: LanePath;
  /** What it accessed when it ran here; null before, and where the run was found to be redundant. */
  ran: Sleeper | null;
  /** What has to be tried here. */
  readonly backtrack: Set<LanePath>;
  /** What need not be tried here: it was, or an equivalent order was. Null depends on everything. */
  readonly sleep: Map<LanePath, Sleeper | null>;
}

/** A step that was scheduled. */
interface Scheduled {
  readonly handle: Handle;
  readonly lane: RunLane;
  /** The step that scheduled it; -1 if that was outside of all steps. */
  readonly scheduledBy: number;
  /** Its number among the steps; Infinity while it did not run. */
  step: number;
}

/** A step that ran. */
interface Step extends Omit<RacingStep, 'footprint'> {
  readonly accesses: readonly (readonly [object, AccessMode])[];
  /** True if it ran library code only. */
  readonly inline: boolean;
  /** True if it completes an operation, before which time could have passed. */
  readonly operation: boolean;
  /** True if it is, or comes of, such a step. */
  readonly late: boolean;
  /** The loop's time, in milliseconds. */
  readonly time: number;
}

/** A timer on the clock. */
interface Timer {
  readonly handle: TimerHandle;
  readonly setBy: number;
  /** The step that cancelled it; Infinity while none did. */
  cancelledBy: number;
}

/** One run of `dpor`. */
export class DporRun implements RunScheduler {
  /** True if the program made something with `shared`. */
  sharesDeclared = false;
  readonly #lanes: Lanes;
  readonly #nodes: Node[];
  readonly #draws: RunDraws;
  readonly #declaresAll: boolean;
  readonly #objects = new FirstAccesses();
  readonly #timers = new Map<Handle, Timer>();
  /** Steps that cancelled what was ready, which could have run instead, with its lane. */
  readonly #prevented: (readonly [step: number, lane: LanePath])[] = [];
  /** Timers that were cancelled before they were due. */
  readonly #cancelledTimers: Timer[] = [];
  /** Timers that fired: if one is scheduled again, it is ready. */
  readonly #fired = new WeakSet<Handle>();
  /** The last step of each lane. */
  readonly #lastSteps = new Map<LanePath, number>();
  readonly #scheduled: Scheduled[] = [];
  readonly #ready = new Map<Handle, Scheduled>();
  readonly #steps: Step[] = [];
  /** What the running step accessed so far. */
  #accesses: [object, AccessMode][] = [];
  #current: Omit<Step, 'accesses'> | null = null;
  #stepsBeforeTurn = 0;
  /** Options of the next step. */
  #options = 1;
  /** The first step that an order equivalent to all that follow has taken before. */
  #redundantFrom = Infinity;
  /** The first step for which something was ready and could not be chosen. */
  #notFreeFrom = Infinity;

  /** @param declaresAll whether user code accesses only what it declares, as far as that is known. */
  constructor(root: LanePath, nodes: Node[], draws: RunDraws, declaresAll: boolean) {
    this.#lanes = new Lanes(root);
    this.#nodes = nodes;
    this.#draws = draws;
    this.#declaresAll = declaresAll;
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return this.#draws.draw(this.#lanes.current, point.size);
    this.#options = point.size;
    if (this.#redundantFrom < Infinity) return 0;
    const lanes = Array.from({ length: point.size }, (_, option) => this.#lanes.of(point.handleOf(option)!).path);
    const node = this.#nodes[this.#steps.length] ?? this.#makeNode(lanes);
    const option = lanes.findIndex((lane) => lane === node?.lane);
    if (option === -1) this.#redundantFrom = this.#steps.length;
    return Math.max(0, option);
  }

  /** A place where no run was before; null if all that can run sleeps. */
  #makeNode(lanes: readonly LanePath[]): Node | null {
    const sleep = this.#stillAsleep(lanes);
    const lane = lanes.find((one) => !sleep.has(one));
    if (lane === undefined) return null;
    const node: Node = { lane, ran: null, backtrack: new Set([lane]), sleep };
    this.#nodes.push(node);
    return node;
  }

  #stillAsleep(lanes: readonly LanePath[]): Map<LanePath, Sleeper | null> {
    const sleep = new Map<LanePath, Sleeper | null>();
    const parent = this.#nodes.at(-1);
    if (parent === undefined || parent.sleep.size === 0) return sleep;
    const last = footprintOf(this.#steps.at(-1)!, this.#declaresAll);
    for (const lane of lanes) {
      const sleeper = parent.sleep.get(lane);
      if (sleeper && !sleeper.dependsOn(last, this.#objects)) sleep.set(lane, sleeper);
    }
    return sleep;
  }

  turnStarted(): void {
    this.#stepsBeforeTurn = this.#steps.length;
  }

  scheduled(handle: Handle): void {
    this.#lanes.scheduled(handle);
    const scheduledBy = this.#current === null ? -1 : this.#steps.length;
    if (handle.lane !== null) this.#objects.add(handle.lane, scheduledBy);
    // A timer is not ready yet; one that is scheduled again is.
    if (handle instanceof TimerHandle && !this.#fired.has(handle)) {
      this.#timers.set(handle, { handle, setBy: scheduledBy, cancelledBy: Infinity });
      return;
    }
    const entry = { handle, lane: this.#lanes.of(handle), scheduledBy, step: Infinity };
    this.#scheduled.push(entry);
    this.#ready.set(handle, entry);
  }

  stepStarted(handle: Handle, time: number): void {
    this.#lanes.stepStarted(handle);
    this.#checkFree();
    const entry = this.#ready.get(handle);
    this.#ready.delete(handle);
    const { path: lane } = this.#lanes.current;
    const number = this.#steps.length;
    if (entry !== undefined) entry.step = number;
    if (this.#redundantFrom === Infinity && this.#nodes.length === number && this.#makeNode([lane]) === null) {
      this.#redundantFrom = number;
    }
    const scheduledBy = entry?.scheduledBy ?? this.#timers.get(handle)?.setBy ?? -1;
    const before = entry === undefined ? this.#overBeforeTurn() : [];
    const { inline, deferrable: operation } = handle;
    const late = operation || this.#comesLate(lane, scheduledBy);
    this.#current = { lane, scheduledBy, before, inline, operation, late, time };
    this.#lastSteps.set(lane, number);
    this.#timers.delete(handle);
    this.#fired.add(handle);
    // A task that is cancelled by another finds out in its next step.
    if (handle.lane !== null) this.accessed(handle.lane, 'read');
  }

  #comesLate(lane: LanePath, scheduledBy: number): boolean {
    return [scheduledBy, this.#lastSteps.get(lane) ?? -1].some((step) => this.#steps[step]?.late === true);
  }

  /** A timer comes after all that had to run before time could move. */
  #overBeforeTurn(): number[] {
    const steps: number[] = [];
    for (let i = 0; i < this.#stepsBeforeTurn; i++) if (!this.#steps[i]!.late) steps.push(i);
    return steps;
  }

  accessed(object: object, mode: AccessMode): void {
    this.sharesDeclared ||= isSharedState(object);
    this.#objects.add(object, this.#current === null ? -1 : this.#steps.length);
    if (this.#current !== null) this.#accesses.push([object, mode]);
  }

  stepEnded(): void {
    this.#lanes.stepEnded();
    this.#noteCancelled(this.#current!.time);
    this.#steps.push({ ...this.#current!, accesses: this.#accesses });
    this.#current = null;
    this.#accesses = [];
    this.#options = 1;
  }

  /** What the running step has cancelled. */
  #noteCancelled(time: number): void {
    const step = this.#steps.length;
    for (const [handle, { lane }] of this.#ready) {
      if (!handle.cancelled()) continue;
      this.#ready.delete(handle);
      this.#prevented.push([step, lane.path]);
    }
    for (const timer of this.#timers.values()) {
      if (!timer.handle.cancelled()) continue;
      this.#timers.delete(timer.handle);
      if (timer.handle.when <= time) this.#prevented.push([step, this.#lanes.of(timer.handle).path]);
      else this.#cancelledTimers.push({ ...timer, cancelledBy: step });
    }
  }

  #checkFree(): void {
    const lanes = new Set<RunLane>();
    for (const { lane } of this.#ready.values()) lanes.add(lane);
    if (lanes.size > this.#options) this.#notFreeFrom = Math.min(this.#notFreeFrom, this.#steps.length);
  }

  /** The run was over after `steps`; what came then was its cleanup. */
  end(steps: number, declaresAll: boolean): { isFree: boolean; isRedundant: boolean; detector: RaceDetector } {
    const isRedundant = this.#redundantFrom < steps;
    this.#nodes.length = Math.min(this.#nodes.length, steps);
    const detector = new RaceDetector();
    for (const [number, step] of this.#steps.slice(0, Math.min(steps, this.#redundantFrom)).entries()) {
      const footprint = footprintOf(step, declaresAll);
      detector.add({ ...step, footprint });
      const node = this.#nodes[number];
      if (node !== undefined) node.ran ??= new Sleeper(footprint, this.#objects, number);
    }
    // What was ready at the end could have run before it.
    for (const { handle, lane, scheduledBy, step } of isRedundant ? [] : this.#scheduled) {
      if (scheduledBy >= steps || step < steps || handle.cancelled()) continue;
      detector.add({ lane: lane.path, footprint: unknown, scheduledBy, before: [] });
    }
    this.#tryPrevented(detector, Math.min(steps, this.#redundantFrom));
    return { isFree: this.#notFreeFrom >= steps, isRedundant, detector };
  }

  /** What did not run because it was cancelled, or because the run ended, is to be tried before that. */
  #tryPrevented(detector: RaceDetector, steps: number): void {
    for (const [step, lane] of this.#prevented) if (step < steps) this.#nodes[step]?.backtrack.add(lane);
    for (const { handle, setBy, cancelledBy } of [...this.#timers.values(), ...this.#cancelledTimers]) {
      for (let step = setBy + 1; step < Math.min(steps, cancelledBy + 1); step++) {
        const { operation, time } = this.#steps[step]!;
        if (!operation || time >= handle.when) continue;
        const lane = this.#firstBeforeTimePasses(detector, step, steps) ?? this.#lanes.of(handle).path;
        this.#nodes[step]?.backtrack.add(lane);
      }
    }
  }

  /** What has to run before time can pass by an operation; null if there is nothing. */
  #firstBeforeTimePasses(detector: RaceDetector, operation: number, steps: number): LanePath | null {
    const { time } = this.#steps[operation]!;
    for (let step = operation + 1; step < steps && this.#steps[step]!.time === time; step++) {
      if (!this.#steps[step]!.late && !detector.happensBefore(operation, step)) return this.#steps[step]!.lane;
    }
    return null;
  }
}

function footprintOf({ accesses, inline }: Step, declaresAll: boolean): Footprint {
  const footprint = new Footprint(!inline && !declaresAll);
  for (const [object, mode] of accesses) footprint.add(object, mode);
  return footprint;
}
