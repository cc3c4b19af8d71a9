import type { LanePath, RunLane } from '../lanes.ts';
import type { Access } from './access.ts';
import { Profile } from './profile.ts';

/** An object that lanes access, as one and the same in all runs. */
export class SharedObject {
  /** How often lanes access it. */
  readonly profile: Profile = new Profile();
  readonly #lanes = new Set<LanePath>();
  #isWritten = false;

  /** True if the order of accesses can matter: several lanes, and one of them writes. */
  get isShared(): boolean {
    return this.#isWritten && this.#lanes.size > 1;
  }

  accessed(path: LanePath, mode: Access['mode']): void {
    this.#lanes.add(path);
    this.#isWritten ||= mode === 'write';
  }
}

/**
 * Knows the objects of one run again in the next, where they are made anew: what a lane accessed as
 * its i-th access is what it accesses as its i-th access in every run.
 */
export class SharedObjects {
  /** False keeps what is known as it is. */
  learning = true;
  readonly #objects: SharedObject[] = [];
  readonly #accesses = new Map<LanePath, SharedObject[]>();

  /** Those whose accesses can be ordered in ways that matter. */
  shared(): SharedObject[] {
    return this.#objects.filter((object) => object.isShared);
  }

  /** What a lane accessed as its i-th access in earlier runs. */
  recall(path: LanePath, index: number): SharedObject | undefined {
    return this.#accesses.get(path)?.[index];
  }

  /** Remembers what a lane accesses as its i-th access, unless it did that before. */
  remember(path: LanePath, index: number, object: SharedObject): void {
    if (!this.learning) return;
    const accesses = this.#accesses.get(path);
    if (accesses === undefined) this.#accesses.set(path, [object]);
    else accesses[index] ??= object;
  }

  create(): SharedObject {
    const object = new SharedObject();
    if (this.learning) this.#objects.push(object);
    return object;
  }
}

/** The objects of one run. */
export class RunObjects {
  readonly #all: SharedObjects;
  readonly #known = new WeakMap<object, SharedObject>();
  readonly #taken = new Set<SharedObject>();
  /** Accesses that each lane declared so far. */
  readonly #declared = new WeakMap<RunLane, number>();

  constructor(all: SharedObjects) {
    this.#all = all;
  }

  of(object: object): SharedObject | undefined {
    return this.#known.get(object);
  }

  /** A lane declared its next access. */
  declare(lane: RunLane, { object, mode }: Access): void {
    const index = this.#declared.get(lane) ?? 0;
    this.#declared.set(lane, index + 1);
    const shared = this.#known.get(object) ?? this.#meet(object, this.#all.recall(lane.path, index));
    this.#all.remember(lane.path, index, shared);
    if (this.#all.learning) shared.accessed(lane.path, mode);
  }

  /** An object appears; another one of this run may have taken what it was before. */
  #meet(object: object, before: SharedObject | undefined): SharedObject {
    const shared = before === undefined || this.#taken.has(before) ? this.#all.create() : before;
    this.#known.set(object, shared);
    this.#taken.add(shared);
    return shared;
  }
}
