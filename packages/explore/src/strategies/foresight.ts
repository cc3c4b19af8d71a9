import type { AccessMode, Handle, Instrument } from '@timeloom/loop';
import { Lanes, type LanePath, type RunLane } from './lanes.ts';
import { addDeeds, StepAccesses, type Deed, type SharedObject, type SharedObjects } from './shared-objects.ts';

/** What a lane did in this run. */
export interface LaneDeeds {
  readonly deeds: Deed[];
  /** How far that is in what the lane did before. */
  position: number;
  /** What the next step will access; null until somebody asks. */
  expected: readonly Deed[] | null;
  /** Objects that it was the first to access. */
  met: number;
  /** What it did, and whom it met, before: in earlier runs. */
  readonly deedsBefore: readonly Deed[];
  firstsBefore: SharedObject[] | null;
}

/** How far to look for a deed that comes later than expected. */
const farthest = 8;

/**
 * Observes one run, and foresees what the next step of each lane accesses: what it did at this place in
 * earlier runs. A lane that had to wait, e.g. for a lock, takes more steps and does the same.
 */
export class Foresight implements Instrument {
  readonly lanes: Lanes;
  readonly #known: SharedObjects;
  readonly #objects = new WeakMap<object, SharedObject>();
  /** Lanes that did anything, if later runs are to know of it. */
  readonly #doers: RunLane[] = [];
  #step = new StepAccesses();
  /** Whose code runs: the lane, or the one that goes on in its step, as behind an operation. */
  #actor: LanePath | null = null;

  constructor(root: LanePath, known: SharedObjects) {
    this.lanes = new Lanes(root);
    this.#known = known;
  }

  /** What the running step accessed so far; of the last one between steps. */
  get step(): StepAccesses {
    return this.#step;
  }

  /** What the next step of a lane will access, if it does what it did before. */
  expected(lane: RunLane): readonly Deed[] {
    const run = this.#of(lane);
    if (run.expected !== null) return run.expected;
    const deeds = run.deedsBefore;
    const next = deeds.findIndex((deed, i) => i > run.position && deed.opens);
    return (run.expected = deeds.slice(run.position, next === -1 ? deeds.length : next));
  }

  stepStarted(handle: Handle): void {
    this.lanes.stepStarted(handle);
    if (this.#step.objects.length > 0) this.#step = new StepAccesses();
    this.#actor = handle.lane === null && handle.resumes !== null ? this.lanes.ofLane(handle.resumes).path : null;
  }

  accessed(object: object, mode: AccessMode): void {
    const lane = this.lanes.current;
    const shared = this.#objects.get(object) ?? this.#meet(lane, object);
    this.#step.add(shared, mode);
    if (this.#known.learning) shared.accessed(this.#actor ?? lane.path, mode);
  }

  stepEnded(): void {
    const run = this.#of(this.lanes.current);
    run.expected = null;
    if (this.#known.learning) addDeeds(run.deeds, this.#step);
    const deeds = run.deedsBefore;
    const { objects } = this.#step;
    if (objects.length === 0 && deeds[run.position]?.object === null) run.position++;
    for (const object of objects) run.position = positionBehind(object, deeds, run.position);
    this.lanes.stepEnded();
    this.#actor = null;
  }

  /** The run is over: later ones know what its lanes did. */
  learn(): void {
    for (const { path, deeds } of this.#doers) this.#known.learn(path, deeds!.deeds);
  }

  #meet(lane: RunLane, object: object): SharedObject {
    const run = this.#of(lane);
    const number = run.met++;
    const firsts = (run.firstsBefore ??= this.#known.firstsOf(lane.path));
    const shared = firsts[number] ?? this.#known.meet(firsts, number, object);
    this.#objects.set(object, shared);
    return shared;
  }

  #of(lane: RunLane): LaneDeeds {
    if (lane.deeds !== null) return lane.deeds;
    if (this.#known.learning) this.#doers.push(lane);
    const deedsBefore = this.#known.deedsOf(lane.path);
    return (lane.deeds = { deeds: [], position: 0, expected: null, met: 0, deedsBefore, firstsBefore: null });
  }
}

/** Where a lane is in what it did before once it has accessed an object; if it did not then, where it was. */
function positionBehind(object: SharedObject, deeds: readonly Deed[], position: number): number {
  const end = Math.min(deeds.length, position + farthest);
  for (let i = position; i < end; i++) if (deeds[i]!.object === object) return i + 1;
  return position;
}
