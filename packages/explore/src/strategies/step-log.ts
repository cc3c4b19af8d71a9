import { TimerHandle, type AccessMode, type Handle, type Instrument } from '@timeloom/loop';
import { Lanes, type LanePath, type RunLane } from './lanes.ts';
import { isSharedState } from '../shared.ts';
import type { RacingHandles } from '../strategy.ts';
import { Footprint } from './footprint.ts';
import type { RacingStep } from './races.ts';
import { FirstAccesses } from './sleepers.ts';

/** Lanes that are the same in all runs. */
export interface Paths {
  readonly root: LanePath;
  /** Stands for the passing of time. */
  readonly time: LanePath;
}

/** A step that ran. The passing of time is one, too. */
export interface Step extends Omit<RacingStep, 'footprint'> {
  readonly accesses: readonly (readonly [object, AccessMode])[];
  /** True if it ran library code only. */
  readonly inline: boolean;
  /** True if it completes an operation, before which time could have passed. */
  readonly operation: boolean;
  /** True if it is, or comes of, such a step. */
  readonly late: boolean;
  /** The loop's time, in milliseconds. */
  readonly time: number;
  /** False for the passing of time. */
  readonly ofLoop: boolean;
}

/** A handle that was scheduled: a timer, until it fires, or what is ready. */
export interface Scheduled {
  readonly handle: Handle;
  readonly lane: RunLane;
  /** The step that scheduled it; -1 if that was outside of all steps. */
  readonly scheduledBy: number;
  /** The deadline of a timer; -Infinity for what is ready. */
  readonly when: number;
  /** The step that it became; Infinity while it did not run. */
  step: number;
  /** The step that cancelled it, and the time then; Infinity while none did. */
  cancelledBy: number;
  cancelledAt: number;
}

/** All that one run of `dpor` did, and what it left undone. */
export class StepLog implements Instrument {
  readonly steps: Step[] = [];
  readonly lanes: Lanes;
  /** The lane of the passing of time, which is also what it writes and operations read. */
  readonly time: LanePath;
  readonly objects: FirstAccesses = new FirstAccesses();
  /** True if the program made something with `shared`. */
  sharesDeclared = false;
  /** Everything that was scheduled. */
  readonly scheduledSoFar: Scheduled[] = [];
  /** What races; null if everything does. */
  #scope: RacingHandles | null = null;
  /** The places of what does not race among what does: who gets which depends on what runs, and what it schedules. */
  readonly #places = {};
  /** What the running step scheduled. */
  #scheduled: Handle[] = [];
  readonly #pending = new Map<Handle, Scheduled>();
  /** Timers that fired: if one is scheduled again, it is ready. */
  readonly #fired = new WeakSet<Handle>();
  /** The last step of each lane. */
  readonly #lastSteps = new Map<LanePath, number>();
  /** What the running step accessed so far. */
  #accesses: [object, AccessMode][] = [];
  #current: Omit<Step, 'accesses'> | null = null;
  #stepsBeforeTurn = 0;

  constructor({ root, time }: Paths) {
    this.lanes = new Lanes(root);
    this.time = time;
    this.objects.add(time, -1);
  }

  /** From the beginning of the run, before anything was scheduled. */
  narrow(scope: RacingHandles): void {
    this.#scope = scope;
    this.objects.add(this.#places, -1);
  }

  /** Whether a handle may be an option. */
  races(handle: Handle): boolean {
    return this.#scope?.races(handle) ?? true;
  }

  /** How many other lanes have something ready that may be an option. */
  readyLanesBut(lane: RunLane): number {
    const lanes = new Set<RunLane>();
    for (const { handle, lane: other, when } of this.#pending.values()) {
      if (when === -Infinity && this.races(handle)) lanes.add(other);
    }
    lanes.delete(lane);
    return lanes.size;
  }

  /** Whether anything is ready that is no option. */
  isAnyOutsideReady(time: number): boolean {
    if (this.#scope === null) return false;
    for (const { handle, when } of this.#pending.values()) if (when <= time && !this.races(handle)) return true;
    return false;
  }

  /** How many steps there are up to the one with this number among the loop's, from 1. */
  indexBehind(stepsOfLoop: number): number {
    let left = stepsOfLoop;
    const index = this.steps.findIndex(({ ofLoop }) => ofLoop && --left < 0);
    return index === -1 ? this.steps.length : index;
  }

  turnStarted(): void {
    this.#stepsBeforeTurn = this.steps.length;
  }

  timeAdvanced(_from: number, to: number): void {
    this.steps.push({
      lane: this.time,
      scheduledBy: -1,
      before: this.#stepsInTime(this.steps.length),
      inline: true,
      operation: false,
      late: false,
      time: to,
      ofLoop: false,
      accesses: [[this.time, 'write']],
    });
  }

  scheduled(handle: Handle): void {
    this.lanes.scheduled(handle);
    const scheduledBy = this.#current === null ? -1 : this.steps.length;
    if (handle.lane !== null) this.objects.add(handle.lane, scheduledBy);
    const when = handle instanceof TimerHandle && !this.#fired.has(handle) ? handle.when : -Infinity;
    const lane = this.lanes.of(handle);
    const entry = { handle, lane, scheduledBy, when, step: Infinity, cancelledBy: Infinity, cancelledAt: Infinity };
    this.scheduledSoFar.push(entry);
    this.#pending.set(handle, entry);
    if (this.#scope !== null && this.#current !== null) this.#scheduled.push(handle);
  }

  stepStarted(handle: Handle, time: number): void {
    this.lanes.stepStarted(handle);
    const entry = this.#pending.get(handle);
    this.#pending.delete(handle);
    const { path: lane } = this.lanes.current;
    const number = this.steps.length;
    if (entry !== undefined) entry.step = number;
    const scheduledBy = entry?.scheduledBy ?? -1;
    // A timer comes after all that had to be over before the turn in which it fired.
    const fires = entry !== undefined && entry.when > -Infinity;
    const before = fires ? this.#stepsInTime(this.#stepsBeforeTurn) : [];
    const { inline, deferrable: operation } = handle;
    const late = operation || this.#comesLate(lane, scheduledBy);
    this.#current = { lane, scheduledBy, before, inline, operation, late, time, ofLoop: true };
    this.#lastSteps.set(lane, number);
    if (fires) this.#fired.add(handle);
    // A task that is cancelled by another finds out in its next step.
    if (handle.lane !== null) this.accessed(handle.lane, 'read');
    if (operation) this.accessed(this.time, 'read');
    if (!this.races(handle) || this.isAnyOutsideReady(time)) this.accessed(this.#places, 'write');
  }

  #comesLate(lane: LanePath, scheduledBy: number): boolean {
    return [scheduledBy, this.#lastSteps.get(lane) ?? -1].some((step) => this.steps[step]?.late === true);
  }

  /** Those of the first steps that had to be over before time could pass. */
  #stepsInTime(end: number): number[] {
    const steps: number[] = [];
    for (let i = 0; i < end; i++) if (!this.steps[i]!.late) steps.push(i);
    return steps;
  }

  accessed(object: object, mode: AccessMode): void {
    this.sharesDeclared ||= isSharedState(object);
    this.objects.add(object, this.#current === null ? -1 : this.steps.length);
    if (this.#current !== null) this.#accesses.push([object, mode]);
  }

  stepEnded(): void {
    this.lanes.stepEnded();
    const current = this.#current!;
    for (const handle of this.#scheduled.splice(0)) this.accessed(this.#places, this.races(handle) ? 'read' : 'write');
    for (const entry of this.#pending.values()) {
      if (!entry.handle.cancelled()) continue;
      this.#pending.delete(entry.handle);
      entry.cancelledBy = this.steps.length;
      entry.cancelledAt = current.time;
    }
    this.steps.push({ ...current, accesses: this.#accesses });
    this.#current = null;
    this.#accesses = [];
  }
}

/** @param declaresAll whether user code accesses only what it declares. */
export function footprintOf({ accesses, inline }: Step, declaresAll: boolean): Footprint {
  const footprint = new Footprint(!inline && !declaresAll);
  for (const [object, mode] of accesses) footprint.add(object, mode);
  return footprint;
}
