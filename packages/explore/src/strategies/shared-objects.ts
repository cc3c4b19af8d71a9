import { Future } from '@timeloom/asyncio';
import type { AccessMode } from '@timeloom/loop';
import type { LanePath } from './lanes.ts';
import { joined } from './footprint.ts';
import { Profile } from './profile.ts';

/** An object that lanes access, as one and the same in all runs. */
export class SharedObject {
  /** How often lanes access it. */
  readonly profile: Profile = new Profile();
  /** Different for any two objects that are known. */
  readonly number: number;
  /** True for futures and tasks: every task has one, whose order is that of the task itself. */
  readonly isFuture: boolean;
  /** The last step that accessed it. */
  #step: StepAccesses | null = null;
  /** How that did. */
  #mode: AccessMode = 'read';
  readonly #lanes = new Set<LanePath>();
  #isWritten = false;

  constructor(number: number, isFuture: boolean) {
    this.number = number;
    this.isFuture = isFuture;
  }

  /** True if the order of accesses can matter: several lanes, and one of them writes. */
  get isShared(): boolean {
    return this.#isWritten && this.#lanes.size > 1;
  }

  /** How a step accessed it, all its accesses as one; null if it did not, or another one did later. */
  modeIn(step: StepAccesses): AccessMode | null {
    return this.#step === step ? this.#mode : null;
  }

  /** False if the step has accessed it before. */
  isNewIn(step: StepAccesses, mode: AccessMode): boolean {
    const isNew = this.#step !== step;
    this.#mode = isNew ? mode : joined(this.#mode, mode);
    this.#step = step;
    return isNew;
  }

  accessed(path: LanePath, mode: AccessMode): void {
    if (mode === 'create') return;
    this.#lanes.add(path);
    this.#isWritten ||= mode !== 'read';
  }
}

/** What one step accessed, each object once, in the order of the first accesses. */
export class StepAccesses {
  readonly objects: SharedObject[] = [];

  add(object: SharedObject, mode: AccessMode): void {
    if (object.isNewIn(this, mode)) this.objects.push(object);
  }
}

/** A part of what a lane does. */
export interface Deed {
  /** Null for a step that accesses nothing. */
  readonly object: SharedObject | null;
  readonly mode: AccessMode;
  /** True for the first of a step. */
  readonly opens: boolean;
}

/**
 * Knows the objects of one run again in the next, where they are made anew, and what lanes do: a lane
 * does in every run what it did in the last one. An object is who accessed it first, and how many that
 * one had accessed first before it.
 */
export class SharedObjects {
  /** False keeps what is known as it is. */
  learning = true;
  readonly #objects: SharedObject[] = [];
  readonly #byFirst = new Map<LanePath, SharedObject[]>();
  readonly #deeds = new Map<LanePath, readonly Deed[]>();

  /** Those whose accesses can be ordered in ways that matter. */
  shared(): SharedObject[] {
    return this.#objects.filter((object) => object.isShared && !object.isFuture);
  }

  /** The objects that a lane is the first to access, in their order, as far as they are known. */
  firstsOf(path: LanePath): SharedObject[] {
    let known = this.#byFirst.get(path);
    if (known === undefined) this.#byFirst.set(path, (known = []));
    return known;
  }

  /** An object that a lane is the first to access, and that is not among its `firsts`. */
  meet(firsts: SharedObject[], number: number, object: object): SharedObject {
    const met = new SharedObject(this.#objects.length + 1, object instanceof Future);
    if (!this.learning) return met;
    firsts[number] = met;
    this.#objects.push(met);
    return met;
  }

  deedsOf(path: LanePath): readonly Deed[] {
    return this.#deeds.get(path) ?? [];
  }

  /** What a lane did in a run that is over. */
  learn(path: LanePath, deeds: readonly Deed[]): void {
    if (this.learning) this.#deeds.set(path, deeds);
  }
}

/** Adds what a step accessed to what its lane did; one access after another to the same object is one deed. */
export function addDeeds(deeds: Deed[], step: StepAccesses): void {
  if (step.objects.length === 0) deeds.push({ object: null, mode: 'read', opens: true });
  let opens = true;
  for (const object of step.objects) {
    const mode = object.modeIn(step)!;
    const last = deeds.at(-1);
    if (last !== undefined && last.object === object)
      deeds[deeds.length - 1] = { ...last, mode: joined(last.mode, mode) };
    else deeds.push({ object, mode, opens });
    opens = false;
  }
}
