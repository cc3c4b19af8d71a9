import type { LanePath, RunLane } from './lanes.ts';

/** Values that are tried where many could be drawn. */
const mostTried = 16;

/** Points with more options than this are sampled. */
const mostExhausted = 256;

/** Whether an exhaustive search tries some options of a point only. */
function isSampled(size: number): boolean {
  return size > mostExhausted;
}

/** How many options of a value or duration an exhaustive search tries. */
export function triedOf(size: number): number {
  return isSampled(size) ? mostTried : size;
}

/** The option that the i-th try takes: all, or 16 evenly spaced ones, the least and the greatest included. */
export function optionOf(tried: number, size: number): number {
  const option = isSampled(size) ? Math.round((tried * (size - 1)) / (mostTried - 1)) : tried;
  return Math.min(option, size - 1);
}

/** In a sentence about coverage: what was not exhausted. */
export const sampledValues: string = `${mostTried} values of each drawn one with more than ${mostExhausted}`;

interface Draw {
  readonly size: number;
  tried: number;
}

/**
 * Values and durations as a function of the lane that draws and of how many it drew before, so that
 * they do not depend on the order of lanes; and all such functions, one after the other.
 */
export class Draws {
  /** True if not all options of some draw are tried. */
  sampled = false;
  /** In the order in which they came up. */
  readonly #all: Draw[] = [];
  readonly #ofLane = new Map<LanePath, Draw[]>();

  startRun(): RunDraws {
    return new RunDraws(this);
  }

  /** The least option, the first time that it is asked for. */
  draw(path: LanePath, index: number, size: number): number {
    this.sampled ||= isSampled(size);
    let draws = this.#ofLane.get(path);
    if (draws === undefined) this.#ofLane.set(path, (draws = []));
    let draw = draws[index];
    if (draw === undefined) {
      draws[index] = draw = { size, tried: 0 };
      this.#all.push(draw);
    }
    return optionOf(draw.tried, size);
  }

  /** Turns to the next function; false if there is none. */
  next(): boolean {
    for (let last; (last = this.#all.at(-1)) !== undefined; this.#all.pop()) {
      if (last.tried + 1 === triedOf(last.size)) continue;
      last.tried++;
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
