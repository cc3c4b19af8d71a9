import type { Handle, Instrument, Lane } from '@timeloom/loop';
import { RunData, type Known } from './run-data.ts';
import type { LaneDeeds } from './foresight.ts';

/**
 * Who a lane is, in every run of a program: the lane whose step made it, and how many lanes that one
 * had made before. Unlike `Task-N`, it does not depend on the order in which other lanes run. Equal
 * paths below one root are one object.
 */
export class LanePath {
  /** Null for the root, which stands for whatever is outside of all steps. */
  readonly parent: LanePath | null;
  readonly index: number;
  readonly #children: LanePath[] = [];

  constructor(parent: LanePath | null, index: number) {
    this.parent = parent;
    this.index = index;
  }

  child(index: number): LanePath {
    return (this.#children[index] ??= new LanePath(this, index));
  }

  /** E.g. `0.2.1`: the second lane made by the third lane made by the first lane of the run. */
  toString(): string {
    const indices: number[] = [];
    for (let path: LanePath = this; path.parent !== null; path = path.parent) indices.push(path.index);
    return indices.toReversed().join('.');
  }
}

/** A lane in one run. */
export class RunLane implements Known {
  readonly keeper: unknown;
  readonly path: LanePath;
  /** The lane whose step made this one; null for the root. */
  readonly parent: RunLane | null;
  /** Lanes that this one has made so far. */
  children = 0;
  /** For strategies that foresee: what it did in this run. */
  deeds: LaneDeeds | null = null;
  /** For strategies: of the lane's next step; NaN until it is drawn. */
  priority: number = NaN;
  /** For strategies: where it stands in a list of theirs. */
  place = -1;
  /** For strategies: the events that it has left; NaN until somebody asks. */
  left: number = NaN;

  constructor(keeper: unknown, path: LanePath, parent: RunLane | null) {
    this.keeper = keeper;
    this.path = path;
    this.parent = parent;
  }
}

/**
 * The lanes of one run. A lane appears when its first handle is scheduled; a handle without a lane
 * is a lane of its own. Observes the run as an Instrument, or is told by one.
 */
export class Lanes implements Instrument {
  /** What is outside of all steps: the parent of the run's first lanes. */
  readonly root: RunLane;
  #current: RunLane;
  readonly #lanes = new RunData<RunLane>();

  /** @param root the root of the paths; share it among runs that are to be compared. */
  constructor(root: LanePath = new LanePath(null, 0)) {
    this.root = new RunLane(this.#lanes, root, null);
    this.#current = this.root;
  }

  /** The lane of the running step; the root between steps. */
  get current(): RunLane {
    return this.#current;
  }

  /** The lane of a handle. */
  of(handle: Handle): RunLane {
    return this.ofLane(handle.lane ?? handle);
  }

  /** What a lane of the loop is, or a handle without a lane. */
  ofLane(lane: Lane | Handle): RunLane {
    return this.#lanes.get(lane) ?? this.#enter(lane);
  }

  /** Returns the handle's lane if this is its first handle, else null. */
  scheduled(handle: Handle): RunLane | null {
    const lane = handle.lane ?? handle;
    return this.#lanes.get(lane) === undefined ? this.#enter(lane) : null;
  }

  stepStarted(handle: Handle): void {
    this.#current = this.of(handle);
  }

  stepEnded(): void {
    this.#current = this.root;
  }

  #enter(entering: Lane | Handle): RunLane {
    const parent = this.#current;
    const lane = new RunLane(this.#lanes, parent.path.child(parent.children++), parent);
    this.#lanes.set(entering, lane);
    return lane;
  }
}
