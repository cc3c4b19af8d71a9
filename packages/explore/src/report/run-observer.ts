import type { ChoicePoint, Handle, Instrument, Scheduler } from '@timeloom/loop';
import { ScheduleFollower, type Difference, type Divergence, type Hold, type Schedule } from '@timeloom/trace';
import { captureStack, type Captured } from './frames.ts';
import { Owners, type Owner } from './owners.ts';
import { Sites, type Site } from './sites.ts';

/** A step or a draw, as it was seen. */
export interface SeenStep {
  readonly kind: 'step' | 'draw';
  readonly number: number;
  readonly time: number;
  readonly owner: Owner;
  readonly label: string;
  /** True for a step of the library's own. */
  readonly inline: boolean;
  readonly site: Site;
}

/** What became of a hold. */
export interface SeenHold {
  readonly kind: 'hold';
  /** The held handle as it was when it was held back. */
  readonly held: SeenStep;
  /** Number of the step before which it was held. */
  readonly from: number;
  /** The step as which it ran in the end; null if it did not. */
  ran: SeenStep | null;
  overtakers: number;
  lastOvertaker: SeenStep | null;
}

interface OpenHold {
  readonly handle: Handle;
  readonly sequence: number;
  readonly hold: SeenHold;
}

/** What a take took. */
export interface SeenTake {
  readonly kind: 'take';
  readonly taken: string;
  readonly least: string;
  readonly time: number;
  readonly site: Captured;
}

/** Steps that are kept of a run, at the least; twice as many at most, and those of swaps. */
const stepsKept = 400;

/** So many choices before a difference, what it is about is not scheduled yet, in all likelihood. */
const choicesBefore = 100;

/** Follows a schedule, and remembers what a person may want to know about the run. For one run. */
export class RunObserver implements Scheduler, Instrument {
  /** In order. Of a long run, those in the middle are dropped. */
  readonly steps: SeenStep[] = [];
  dropped: number = 0;
  /** By index of the difference; a difference that the run did not come to is not there. */
  readonly differences: Map<number, SeenHold | SeenTake> = new Map();
  readonly #schedule: readonly Difference[];
  readonly #follower: ScheduleFollower;
  readonly #owners = new Owners();
  readonly #sites = new Sites();
  /** The holds of steps that have not run. */
  #open: OpenHold[] = [];
  readonly #keep = new Set<SeenStep>();
  /** Choice points so far. */
  choices: number = 0;
  #next = 0;
  #number = 0;

  readonly #expectedSteps: number;

  /** @param expectedSteps how many steps the run will have, if that is known: places are remembered near its ends. */
  constructor(schedule: Schedule, expectedSteps: number | null = null) {
    this.#expectedSteps = expectedSteps ?? 0;
    this.#schedule = schedule.differences;
    this.#follower = new ScheduleFollower(schedule);
  }

  /** The first difference that did not fit; null if all did so far. */
  get diverged(): Divergence | null {
    return this.#follower.diverged;
  }

  /** Differences that the run has not come to. */
  get remaining(): number {
    return this.#follower.remaining;
  }

  choose(point: ChoicePoint): number {
    const at = this.choices++;
    const first = this.#next;
    while (this.#schedule[this.#next]?.at === at) this.#next++;
    for (let index = first; index < this.#next; index++) {
      const difference = this.#schedule[index]!;
      if (difference.kind === 'hold') this.#noteHold(index, difference, point);
    }
    const option = this.#follower.choose(point);
    if (point.kind !== 'handle' && option > 0) this.#noteDraw(first, point, option);
    return option;
  }

  scheduled(handle: Handle): void {
    this.#owners.scheduled(handle);
    this.#sites.scheduled(handle);
  }

  stepStarted(handle: Handle, time: number): void {
    this.#owners.stepStarted(handle);
    this.#sites.stepStarted();
    this.#sites.enabled = this.#isOfInterest();
    this.#number++;
    const step = this.#see(handle, this.#number, time);
    this.#push(step);
    this.#overtake(handle, step);
  }

  /** Near an end of the run, or from a little before a difference to where it ends. */
  #isOfInterest(): boolean {
    const left = this.#expectedSteps - this.#number;
    if (this.#number <= stepsKept || left <= stepsKept || this.#open.length > 0) return true;
    const next = this.#schedule[this.#next];
    return next !== undefined && next.at - this.choices <= choicesBefore;
  }

  stepEnded(): void {
    this.#owners.stepEnded();
    this.#sites.stepEnded();
  }

  /** The run is over after so many steps: what ran after them was its cleanup. */
  ended(steps: number): void {
    while ((this.steps.at(-1)?.number ?? 0) > steps) this.steps.pop();
    const last = this.steps.findLast(({ kind }) => kind === 'step') ?? null;
    for (const seen of this.differences.values()) {
      if (seen.kind === 'hold') endHold(seen, steps, last);
    }
  }

  #see(handle: Handle, number: number, time: number): SeenStep {
    const owner = this.#owners.of(handle);
    const { label, inline } = handle;
    return { kind: 'step', number, time, owner, label, inline, site: this.#sites.of(handle) };
  }

  #noteHold(index: number, { option }: Hold, point: ChoicePoint): void {
    const handle = point.handleOf(option);
    if (handle === undefined) return;
    const held = this.#see(handle, this.#number + 1, point.time);
    const hold: SeenHold = {
      kind: 'hold',
      held,
      from: this.#number + 1,
      ran: null,
      overtakers: 0,
      lastOvertaker: null,
    };
    this.differences.set(index, hold);
    this.#open.push({ handle, sequence: handle.sequence, hold });
  }

  #noteDraw(index: number, point: ChoicePoint, option: number): void {
    const label = point.labelOf(option);
    const site = captureStack();
    const { current: owner } = this.#owners;
    const sites = { awaited: null, scheduled: site };
    this.#push({ kind: 'draw', number: this.#number, time: point.time, owner, label, inline: false, site: sites });
    if (this.#schedule[index]?.kind !== 'take') return;
    this.differences.set(index, { kind: 'take', taken: label, least: point.labelOf(0), time: point.time, site });
  }

  /** A step runs: the end of its own holds, and an overtaker for all others. */
  #overtake(handle: Handle, step: SeenStep): void {
    if (this.#open.length === 0) return;
    this.#open = this.#open.filter((open) => {
      const { hold } = open;
      // A handle that runs and is scheduled again gets a new number, and is not held any more.
      if (open.handle === handle && open.sequence === handle.sequence) {
        hold.ran = step;
        this.#keep.add(step);
        if (hold.lastOvertaker !== null) this.#keep.add(hold.lastOvertaker);
        return false;
      }
      if (hold.overtakers++ === 0) this.#keep.add(step);
      hold.lastOvertaker = step;
      return true;
    });
  }

  #push(step: SeenStep): void {
    this.steps.push(step);
    if (step.kind === 'draw') this.#keep.add(step);
    if (this.steps.length <= 2 * stepsKept + this.#keep.size) return;
    const end = this.steps.length - stepsKept / 2;
    const kept = this.steps.filter((one, i) => i < stepsKept / 2 || i >= end || this.#keep.has(one));
    this.dropped += this.steps.length - kept.length;
    this.steps.splice(0, this.steps.length, ...kept);
  }
}

/** Takes back what was seen of a hold after the last step. */
function endHold(hold: SeenHold, steps: number, last: SeenStep | null): void {
  if (hold.ran !== null && hold.ran.number > steps) hold.ran = null;
  const excess = (hold.lastOvertaker?.number ?? 0) - steps;
  if (excess <= 0) return;
  // Every step overtakes what is held.
  hold.overtakers = Math.max(0, hold.overtakers - excess);
  hold.lastOvertaker = hold.overtakers === 0 ? null : last;
}
