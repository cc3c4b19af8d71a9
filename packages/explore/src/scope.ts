import type { Task } from '@timeloom/asyncio';
import { TimerHandle, type ChoicePoint, type Handle, type Instrument, type Scheduler } from '@timeloom/loop';
import type { RacingHandles } from './strategy.ts';

/**
 * Lets the tasks under test race, and nothing else: from the first {@link race} of a run on, other
 * handles are no options, and run where they would run first in, first out. After `exploreRaces` of
 * io-sim.
 *
 * What that place is: a ready handle has a slot, in the order of readiness. Handles that race may swap
 * their slots; every other one keeps its own. So what does not race neither waits for a handle that is
 * held back nor overtakes one that is not.
 */
export class Scope implements Scheduler, Instrument, RacingHandles {
  readonly #scheduler: Scheduler;
  /** Lanes, and handles without one, that race. */
  readonly #racing = new WeakSet<object>();
  /** Lanes that were there before, or were made by what does not race. */
  readonly #others = new WeakSet<object>();
  readonly #slots = new WeakMap<Handle, number>();
  #lastSlot = 0;
  /** Whether the running step races: what it makes does, too. */
  #inRace = false;

  /** @param others the tasks that do not race. */
  constructor(scheduler: Scheduler, others: readonly object[]) {
    this.#scheduler = scheduler;
    for (const lane of others) this.#others.add(lane);
  }

  /** What `start` makes races. */
  race<T>(start: () => Task<T>): Task<T> {
    const before = this.#inRace;
    this.#inRace = true;
    try {
      return start();
    } finally {
      this.#inRace = before;
    }
  }

  races(handle: Handle): boolean {
    return this.#racing.has(handle.lane ?? handle);
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return this.#scheduler.choose(point);
    const racing: number[] = [];
    let other = -1;
    for (let option = 0; option < point.size; option++) {
      if (this.#isOption(point, option)) racing.push(option);
      else if (other === -1) other = option;
    }
    const slots = Array.from({ length: point.size }, (_, option) => this.#slotOf(point.handleOf(option)!, point.time));
    const first = racing.reduce((least, option) => (slots[option]! < slots[least]! ? option : least), racing[0] ?? 0);
    if (racing.length === 0 || (other !== -1 && slots[other]! < slots[first]!)) return Math.max(0, other);
    const chosen = racing.length === 1 ? first : racing[this.#scheduler.choose(new Narrowed(point, racing))]!;
    if (chosen !== first) this.#slots.set(point.handleOf(first)!, Math.min(slots[chosen]!, ++this.#lastSlot));
    return chosen;
  }

  #isOption(point: ChoicePoint, option: number): boolean {
    const handle = point.handleOf(option)!;
    // To let time pass is an option whoever waits for the timer.
    return letsTimePass(handle, point.time) || this.races(handle);
  }

  #slotOf(handle: Handle, time: number): number {
    if (letsTimePass(handle, time)) return Infinity;
    let slot = this.#slots.get(handle);
    if (slot === undefined) this.#slots.set(handle, (slot = ++this.#lastSlot));
    return slot;
  }

  scheduled(handle: Handle): void {
    // One that ran before is ready anew.
    this.#slots.delete(handle);
    const lane = handle.lane ?? handle;
    if (this.#racing.has(lane) || this.#others.has(lane)) return;
    (this.#inRace ? this.#racing : this.#others).add(lane);
  }

  stepStarted(handle: Handle): void {
    this.#inRace = this.races(handle);
  }

  stepEnded(): void {
    this.#inRace = false;
  }
}

/** A timer that is not due. */
function letsTimePass(handle: Handle, time: number): boolean {
  return handle instanceof TimerHandle && handle.when > time;
}

/** Some options of a point. */
class Narrowed implements ChoicePoint {
  readonly kind = 'handle';
  readonly changed = true;
  readonly #point: ChoicePoint;
  readonly #options: readonly number[];

  constructor(point: ChoicePoint, options: readonly number[]) {
    this.#point = point;
    this.#options = options;
  }

  get size(): number {
    return this.#options.length;
  }

  get time(): number {
    return this.#point.time;
  }

  labelOf(option: number): string {
    return this.#point.labelOf(this.#options[option] ?? this.#point.size);
  }

  handleOf(option: number): Handle | undefined {
    return this.#point.handleOf(this.#options[option] ?? this.#point.size);
  }

  indexOf(handle: Handle): number {
    return this.#options.indexOf(this.#point.indexOf(handle));
  }
}
