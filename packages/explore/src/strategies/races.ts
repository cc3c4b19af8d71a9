import type { LanePath } from '../lanes.ts';
import { racing, type Access } from './access.ts';

/** Whether the order of two steps can matter. A step that declares nothing may touch anything. */
export function dependent(a: Access | undefined, b: Access | undefined): boolean {
  return a === undefined || b === undefined || racing(a, b);
}

/** What a step had to come after, in every order: other reasons are races. */
export interface Causes {
  /** The step that scheduled it; -1 if that was outside of all steps. */
  readonly scheduledBy: number;
  /** Steps below this one had to be over before time could move on to it. */
  readonly barrier: number;
}

interface Event {
  readonly lane: LanePath;
  readonly access: Access | undefined;
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

  /** The next step. */
  add(lane: LanePath, access: Access | undefined, { scheduledBy, barrier }: Causes): void {
    const { events } = this;
    const clock = new Map<LanePath, number>();
    const previous = events.findLast((event) => event.lane === lane);
    if (previous !== undefined) join(clock, previous.clock);
    const cause = events[scheduledBy];
    if (cause !== undefined) join(clock, cause.clock);
    for (let i = 0; i < barrier; i++) join(clock, events[i]!.clock);
    const races: number[] = [];
    // From the latest on, so that what one race orders is no race of its own.
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i]!;
      if (isIn(clock, event) || !dependent(event.access, access)) continue;
      races.push(i);
      join(clock, event.clock);
    }
    const nth = (previous?.nth ?? 0) + 1;
    clock.set(lane, nth);
    events.push({ lane, access, nth, clock, races });
  }

  /** Forgets all but the first steps. */
  truncate(length: number): void {
    this.events.length = Math.min(this.events.length, length);
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
