import type { ChoicePoint, Handle, Scheduler } from '@timeloom/loop';
import { checkSchedule, type Difference, type Schedule } from './schedule.ts';

/** A difference that does not fit the choice point it is for: the program is not the recorded one. */
export interface Divergence {
  /** Number of the choice point, from 0. */
  readonly at: number;
  /** What the difference needs. */
  readonly expected: string;
  /** What the run came to. */
  readonly found: string;
}

/** How long a handle is held back. */
interface Held {
  readonly until: number;
  /** A handle that runs and is scheduled again gets a new number, and is not held any more. */
  readonly sequence: number;
}

/**
 * Follows a Schedule, in one run. A difference that does not fit is left out, and told by
 * {@link diverged}: whoever replays decides what that means.
 */
export class ScheduleFollower implements Scheduler {
  readonly #differences: readonly Difference[];
  readonly #held = new Map<Handle, Held>();
  /** All holds have ended at this choice point. */
  #freeFrom = 0;
  #next = 0;
  #choices = 0;
  #diverged: Divergence | null = null;

  /** @throws TypeError, RangeError if `schedule` is not one. */
  constructor(schedule: Schedule) {
    checkSchedule(schedule);
    this.#differences = schedule.differences;
  }

  /** The first difference that did not fit; null if all did so far. */
  get diverged(): Divergence | null {
    return this.#diverged;
  }

  /** Differences whose choice point the run has not come to. */
  get remaining(): number {
    return this.#differences.length - this.#next;
  }

  choose(point: ChoicePoint): number {
    const at = this.#choices++;
    let taken = 0;
    for (; this.#differences[this.#next]?.at === at; this.#next++) {
      const difference = this.#differences[this.#next]!;
      if (!this.#fits(difference, point)) continue;
      if (difference.kind === 'take') taken = difference.option;
      else this.#hold(point.handleOf(difference.option)!, difference.until);
    }
    if (this.#held.size === 0 || point.kind !== 'handle') return taken;
    if (at < this.#freeFrom) return this.#firstFree(point, at);
    this.#held.clear();
    return 0;
  }

  #fits({ at, kind, option }: Difference, { kind: of, size }: ChoicePoint): boolean {
    if ((kind === 'hold') === (of === 'handle') && option < size) return true;
    const expected = `a choice of a ${kind === 'hold' ? 'handle' : 'latency or value'}, with ${option + 1} options or more`;
    this.#diverged ??= { at, expected, found: `a choice of a ${of}, with ${size} options` };
    return false;
  }

  #hold(handle: Handle, end: number): void {
    const until = Math.max(end, this.#heldUntil(handle));
    this.#held.set(handle, { until, sequence: handle.sequence });
    this.#freeFrom = Math.max(this.#freeFrom, until);
  }

  /** 0 if the handle is not held. */
  #heldUntil(handle: Handle): number {
    const held = this.#held.get(handle);
    return held !== undefined && held.sequence === handle.sequence ? held.until : 0;
  }

  #firstFree(point: ChoicePoint, at: number): number {
    let option = 0;
    let soonest = Infinity;
    for (let i = 0; i < point.size; i++) {
      const until = Math.max(at, this.#heldUntil(point.handleOf(i)!));
      if (until >= soonest) continue;
      option = i;
      soonest = until;
      if (until === at) break;
    }
    this.#held.delete(point.handleOf(option)!);
    return option;
  }
}
