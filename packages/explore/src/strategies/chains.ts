import type { Handle, Instrument, Lane } from '@timeloom/loop';

/**
 * The chains of causes of one run, each a unit for a strategy that gives priorities. A lane is a
 * chain. A handle without a lane continues the chain of the step that made it, if that has no lane either
 * and it is the first that this step makes, and begins one otherwise: so an operation that follows another, in code that
 * has no tasks, has the priority of the first. This is the online partition into chains of B. Ozkan, R.
 * Majumdar, F. Niksic, M. Tabaei Befrouei, G. Weissenbacher, "Randomized testing of distributed systems
 * with probabilistic guarantees" (PCTCP), OOPSLA 2018, with first-come for its choice of a chain.
 */
export class Chains implements Instrument {
  // Weak, because a long run should not keep what it is done with.
  readonly #chains = new WeakMap<Handle, object>();
  /** The chain of the running step, until a handle continues it. */
  #open: object | null = null;

  of(handle: Handle): object {
    return laneOf(handle) ?? this.#chains.get(handle) ?? handle;
  }

  scheduled(handle: Handle): void {
    if (laneOf(handle) !== null || this.#open === null) return;
    this.#chains.set(handle, this.#open);
    this.#open = null;
  }

  stepStarted(handle: Handle): void {
    // A lane goes on by itself: what it begins beside that is pending at the same time.
    this.#open = laneOf(handle) === null ? this.of(handle) : null;
  }

  stepEnded(): void {
    this.#open = null;
  }
}

/** Handles of one phase of the host have nothing in common but the moment. */
function laneOf({ lane }: Handle): Lane | null {
  return lane?.isPhase === true ? null : lane;
}
