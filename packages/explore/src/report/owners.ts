import type { Handle, Instrument, Lane } from '@timeloom/loop';

/**
 * Whose doing a step is: a task's own, or that of the task whose step made it, as a simulated operation
 * is. What is outside of all tasks belongs to the root.
 */
export interface Owner {
  /** E.g. `0.2`: the third lane that the first lane of the run made. Equal in all runs of a program. */
  readonly path: string;
  /** Null for the root. */
  readonly lane: Lane | null;
}

class OwnerNode implements Owner {
  readonly path: string;
  readonly lane: Lane | null;
  #children = 0;

  constructor(path: string, lane: Lane | null) {
    this.path = path;
    this.lane = lane;
  }

  child(lane: Lane): OwnerNode {
    const number = this.#children++;
    return new OwnerNode(this.lane === null ? String(number) : `${this.path}.${number}`, lane);
  }
}

/** Knows the owners in one run, which it observes. */
export class Owners implements Instrument {
  readonly #root = new OwnerNode('', null);
  readonly #owners = new WeakMap<Lane | Handle, OwnerNode>();
  #current = this.#root;

  /** The owner of the running step; the root between steps. */
  get current(): Owner {
    return this.#current;
  }

  of(handle: Handle): Owner {
    return this.#of(handle);
  }

  scheduled(handle: Handle): void {
    this.#of(handle);
  }

  stepStarted(handle: Handle): void {
    this.#current = this.#of(handle);
  }

  stepEnded(): void {
    this.#current = this.#root;
  }

  #of(handle: Handle): OwnerNode {
    const key = handle.lane ?? handle;
    let owner = this.#owners.get(key);
    if (owner === undefined) {
      owner = handle.lane === null ? this.#current : this.#current.child(handle.lane);
      this.#owners.set(key, owner);
    }
    return owner;
  }
}
