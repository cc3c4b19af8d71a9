import type { LanePath, RunLane } from '../lanes.ts';

interface Draw {
  readonly size: number;
  option: number;
}

/**
 * Values and durations as a function of the lane that draws and of how many it drew before, so that
 * they do not depend on the order of lanes; and all such functions, one after the other.
 */
export class Draws {
  /** In the order in which they came up. */
  readonly #all: Draw[] = [];
  readonly #ofLane = new Map<LanePath, Draw[]>();

  startRun(): RunDraws {
    return new RunDraws(this);
  }

  /** The least option, the first time that it is asked for. */
  draw(path: LanePath, index: number, size: number): number {
    let draws = this.#ofLane.get(path);
    if (draws === undefined) this.#ofLane.set(path, (draws = []));
    let draw = draws[index];
    if (draw === undefined) {
      draws[index] = draw = { size, option: 0 };
      this.#all.push(draw);
    }
    return Math.min(draw.option, size - 1);
  }

  /** Turns to the next function; false if there is none. */
  next(): boolean {
    for (let last; (last = this.#all.at(-1)) !== undefined; this.#all.pop()) {
      if (last.option + 1 === last.size) continue;
      last.option++;
      this.#forgetOthers();
      return true;
    }
    return false;
  }

  /** What comes up after the last one may depend on it. */
  #forgetOthers(): void {
    const kept = new Set(this.#all);
    for (const draws of this.#ofLane.values()) {
      const end = draws.findIndex((draw) => !kept.has(draw));
      if (end !== -1) draws.length = end;
    }
  }
}

/** Draws of one run. */
export class RunDraws {
  readonly #all: Draws;
  readonly #drawn = new WeakMap<RunLane, number>();

  constructor(all: Draws) {
    this.#all = all;
  }

  draw(lane: RunLane, size: number): number {
    const index = this.#drawn.get(lane) ?? 0;
    this.#drawn.set(lane, index + 1);
    return this.#all.draw(lane.path, index, size);
  }
}
