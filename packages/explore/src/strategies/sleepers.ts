import type { AccessMode } from '@timeloom/loop';
import { racing, unknown, type Footprint } from './footprint.ts';

/** When the objects of a run were accessed first, which tells them apart in all runs that began alike. */
export class FirstAccesses {
  readonly #objects = new Map<object, { readonly order: number; readonly step: number }>();

  /** @param step the running step; -1 outside of all steps. */
  add(object: object, step: number): void {
    if (!this.#objects.has(object)) this.#objects.set(object, { order: this.#objects.size, step });
  }

  /** What an object is called in all runs with the same first `steps` steps; null if it appears after them. */
  nameOf(object: object, steps: number): number | null {
    const { order, step } = this.#objects.get(object)!;
    return step < steps ? order : null;
  }
}

/**
 * A step that need not be tried next, because it was tried there: what it accessed then is what it
 * accesses wherever it is still the next step of its lane and nothing that it depends on has run. So it
 * can be compared with steps of other runs that began alike.
 */
export class Sleeper {
  /** How many steps came before it. */
  readonly #born: number;
  readonly #undeclared: boolean;
  readonly #named = new Map<number, AccessMode>();
  /** How it accesses objects that have no name, of which each may be any other. */
  readonly #unnamed: AccessMode[] = [];

  constructor(footprint: Footprint, objects: FirstAccesses, born: number) {
    this.#born = born;
    this.#undeclared = footprint.undeclared;
    for (const [object, mode] of footprint.accesses) {
      const name = objects.nameOf(object, born);
      if (name === null) this.#unnamed.push(mode);
      else this.#named.set(name, mode);
    }
  }

  /** Whether the order of the two can matter, as far as can be known; a step of a run that began alike. */
  dependsOn(step: Footprint | typeof unknown, objects: FirstAccesses): boolean {
    if (step === unknown || (this.#undeclared && step.undeclared)) return true;
    for (const [object, mode] of step.accesses) {
      const name = objects.nameOf(object, this.#born);
      if (name === null) {
        if (this.#unnamed.some((own) => racing(own, mode))) return true;
        continue;
      }
      const own = this.#named.get(name);
      if (own !== undefined && racing(own, mode)) return true;
    }
    return false;
  }
}
