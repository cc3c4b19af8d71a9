import type { LanePath } from './lanes.ts';
import { dependent, type Footprint, type unknown } from './footprint.ts';

/** A step, and what it had to come after in every order: other reasons are races. */
export interface RacingStep {
  readonly lane: LanePath;
  readonly footprint: Footprint | typeof unknown;
  /** The step that scheduled it; -1 if that was outside of all steps. */
  readonly scheduledBy: number;
  /** Steps that had to be over before time could move on to it. */
  readonly before: readonly number[];
}

export interface Event extends RacingStep {
  /** Number in its lane, from 1. */
  readonly nth: number;
  /** For each lane, how many of its events happen before this one or are this one. */
  readonly clock: ReadonlyMap<LanePath, number>;
  /** Earlier events that could have come right after this one: nothing else orders the two. */
  readonly races: readonly number[];
}

/** The steps of one run, with what happens before what: a partial order, of which the run is one of many. */
export class RaceDetector {
  readonly events: Event[] = [];
  readonly #begunAlike: readonly Event[];

  /** @param begunAlike the first events of another run, with which this one begins as well. */
  constructor(begunAlike: readonly Event[] = []) {
    this.#begunAlike = begunAlike;
  }

  /** The next step. */
  add(step: RacingStep): void {
    const { events } = this;
    const known = this.#begunAlike[events.length];
    if (known !== undefined) {
      const { nth, clock, races } = known;
      events.push({ ...step, nth, clock, races });
      return;
    }
    const { lane, footprint, scheduledBy, before } = step;
    const clock = new Map<LanePath, number>();
    const previous = events.findLast((event) => event.lane === lane);
    if (previous !== undefined) join(clock, previous.clock);
    this.#joinCauses(clock, scheduledBy);
    for (const earlier of before) join(clock, events[earlier]!.clock);
    const races: number[] = [];
    // From the latest on, so that what one race orders is no race of its own.
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i]!;
      if (isIn(clock, event) || !dependent(event.footprint, footprint)) continue;
      races.push(i);
      join(clock, event.clock);
    }
    const nth = (previous?.nth ?? 0) + 1;
    clock.set(lane, nth);
    events.push({ ...step, nth, clock, races });
  }

  /** What made a step ready: the one that scheduled it, and what that one completed as the last of a sum. */
  #joinCauses(clock: Map<LanePath, number>, scheduledBy: number): void {
    const cause = this.events[scheduledBy];
    if (cause === undefined) return;
    join(clock, cause.clock);
    for (const [object, mode] of cause.footprint === 'unknown' ? [] : cause.footprint.accesses) {
      if (mode !== 'add') continue;
      for (const { footprint, clock: earlier } of this.events.slice(0, scheduledBy)) {
        if (footprint !== 'unknown' && footprint.accesses.get(object) === 'add') join(clock, earlier);
      }
    }
  }

  /** Whether two steps have this order in every equivalent run. */
  happensBefore(first: number, second: number): boolean {
    return isIn(this.events[second]!.clock, this.events[first]!);
  }

  /**
   * Lanes of which one has to run in place of step `first`, for `second` to come before it and
   * everything that does not depend on `first` to stay as it is.
   */
  initials(first: number, second: number): LanePath[] {
    const { events } = this;
    const between = events.slice(first + 1, second).filter(({ clock }) => !isIn(clock, events[first]!));
    const reversed = [...between, events[second]!];
    const isInitial = ({ clock }: Event, at: number): boolean =>
      reversed.slice(0, at).every((earlier) => !isIn(clock, earlier));
    return reversed.filter(isInitial).map(({ lane }) => lane);
  }
}

function join(clock: Map<LanePath, number>, other: ReadonlyMap<LanePath, number>): void {
  for (const [lane, nth] of other) if (nth > (clock.get(lane) ?? 0)) clock.set(lane, nth);
}

function isIn(clock: ReadonlyMap<LanePath, number>, { lane, nth }: Event): boolean {
  return nth <= (clock.get(lane) ?? 0);
}
