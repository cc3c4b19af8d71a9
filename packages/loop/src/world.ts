import type { Advance, Clock } from './clock.ts';

/**
 * Several event loops (threads, hosts) on one virtual clock: time moves only when every running
 * loop has nothing ready, and then to the earliest of their deadlines.
 */
export class World {
  #now: number;
  readonly #members: WorldClock[] = [];

  /** @param startMs the time at the start, in milliseconds; default 0. */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** A view of the clock for one more loop. */
  clock(): Clock {
    const clock = new WorldClock(this);
    this.#members.push(clock);
    return clock;
  }

  /**
   * Moves the time if every running member waits. Members that are due wake in the order in which
   * they joined; what became of `asker` is returned instead.
   */
  advance(asker: WorldClock | null): Advance {
    const running = this.#members.filter((member) => member.running);
    if (running.some((member) => member.waiting === null)) return 'waiting';
    const earliest = Math.min(...running.map((member) => member.waiting!.deadline));
    if (earliest > this.#now && earliest !== Infinity) this.#now = earliest;
    let result: Advance = 'waiting';
    for (const member of running) {
      const { deadline, wake } = member.waiting!;
      if (deadline > earliest) continue;
      member.waiting = null;
      if (member === asker) result = earliest === Infinity ? 'never' : 'reached';
      else wake();
    }
    return result;
  }
}

class WorldClock implements Clock {
  readonly virtual = true;
  readonly #world: World;
  running = false;
  waiting: { deadline: number; wake: () => void } | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  now(): number {
    return this.#world.now();
  }

  advanceTo(deadline: number, wake: () => void): Advance {
    if (deadline <= this.#world.now()) return 'reached';
    this.waiting = { deadline, wake };
    return this.#world.advance(this);
  }

  stopWaiting(): void {
    this.waiting = null;
  }

  enter(): void {
    this.running = true;
  }

  leave(): void {
    this.running = false;
    this.waiting = null;
    this.#world.advance(null);
  }
}
