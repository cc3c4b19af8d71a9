import type { LanePath, RunLane } from './lanes.ts';

/** Events of a lane and of the lanes it made, over the runs in which it appeared. */
interface Totals {
  events: number;
  runs: number;
}

/**
 * How many events lanes have, learned from the runs so far: the weights of URW and SURW. The events of
 * a lane that is yet to be made count for the lane that will make it.
 */
export class Profile {
  readonly #totals = new Map<LanePath, Totals>();

  get isEmpty(): boolean {
    return this.#totals.size === 0;
  }

  /** Events of a lane and of what it will make: the mean of the runs so far, 0 if it is unknown. */
  expected(path: LanePath): number {
    const totals = this.#totals.get(path);
    return totals === undefined ? 0 : totals.events / totals.runs;
  }

  /** Adds a run: the events of each of its lanes, parents before their children. */
  add(run: ReadonlyMap<RunLane, number>): void {
    const withChildren = new Map(run);
    for (const lane of [...run.keys()].toReversed()) {
      const events = withChildren.get(lane)!;
      const totals = this.#totals.get(lane.path);
      if (totals === undefined) this.#totals.set(lane.path, { events, runs: 1 });
      else {
        totals.events += events;
        totals.runs++;
      }
      if (lane.parent !== null) withChildren.set(lane.parent, (withChildren.get(lane.parent) ?? 0) + events);
    }
  }
}

/** The events that the lanes of one run have left, if the profile is right. */
export class Remaining {
  readonly #profile: Profile;

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** Events that are left to a lane, and to what it will make; never negative. */
  of(lane: RunLane): number {
    if (Number.isNaN(lane.left)) lane.left = this.#profile.expected(lane.path);
    return lane.left;
  }

  /** A lane was made: its events are no longer its parent's. */
  made(lane: RunLane): void {
    const { parent } = lane;
    if (parent !== null) parent.left = Math.max(0, this.of(parent) - this.of(lane));
  }

  /** One event of a lane is over. */
  spend(lane: RunLane): void {
    lane.left = Math.max(0, this.of(lane) - 1);
  }
}
