import type { Handle, Instrument, Lane } from '@timeloom/loop';
import { RunData, type Known } from './run-data.ts';

/** A chain of causes. */
export interface Chain extends Known {
  /** What the strategy gave it; NaN until it does. */
  priority: number;
}

/**
 * The chains of causes of one run, each a unit for a strategy that gives priorities. A lane is a
 * chain. A handle without a lane continues the chain of the step that made it, if that has no lane either
 * and it is the first that this step makes, and begins one otherwise: so an operation that follows another, in code that
 * has no tasks, has the priority of the first. This is the online partition into chains of B. Ozkan, R.
 * Majumdar, F. Niksic, M. Tabaei Befrouei, G. Weissenbacher, "Randomized testing of distributed systems
 * with probabilistic guarantees" (PCTCP), OOPSLA 2018, with first-come for its choice of a chain.
 */
export class Chains implements Instrument {
  /** Of lanes, and of handles without one that are pending. */
  readonly #chains = new RunData<Chain>();
  /** The chain of the running step, until a handle continues it. */
  #open: Chain | null = null;

  of(handle: Handle): Chain {
    const key = laneOf(handle) ?? handle;
    const known = this.#chains.get(key);
    if (known !== undefined) return known;
    const chain: Chain = { keeper: this.#chains, priority: NaN };
    this.#chains.set(key, chain);
    return chain;
  }

  scheduled(handle: Handle): void {
    if (this.#open === null || laneOf(handle) !== null) return;
    this.#chains.set(handle, this.#open);
    this.#open = null;
  }

  stepStarted(handle: Handle): void {
    this.#open = null;
    // A lane goes on by itself: what it begins beside that is pending at the same time.
    if (laneOf(handle) !== null) return;
    this.#open = this.of(handle);
    this.#chains.delete(handle);
  }

  stepEnded(): void {
    this.#open = null;
  }
}

/** Handles of one phase of the host have nothing in common but the moment. */
function laneOf({ lane }: Handle): Lane | null {
  return lane?.isPhase === true ? null : lane;
}
