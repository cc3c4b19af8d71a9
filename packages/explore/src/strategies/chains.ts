import type { Handle, Instrument, Lane } from '@timeloom/loop';

/** A chain of causes. */
export interface Chain {
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
  // Weak, because a long run should not keep what it is done with.
  readonly #ofLanes = new WeakMap<Lane, Chain>();
  /** Of handles without a lane that are pending. */
  readonly #ofHandles = new Map<Handle, Chain>();
  /** The chain of the running step, until a handle continues it. */
  #open: Chain | null = null;

  of(handle: Handle): Chain {
    const lane = laneOf(handle);
    return lane === null ? chainIn(this.#ofHandles, handle) : chainIn(this.#ofLanes, lane);
  }

  scheduled(handle: Handle): void {
    if (this.#open === null || laneOf(handle) !== null) return;
    this.#ofHandles.set(handle, this.#open);
    this.#open = null;
  }

  stepStarted(handle: Handle): void {
    this.#open = null;
    // A lane goes on by itself: what it begins beside that is pending at the same time.
    if (laneOf(handle) !== null) return;
    this.#open = this.of(handle);
    this.#ofHandles.delete(handle);
  }

  stepEnded(): void {
    this.#open = null;
  }
}

function chainIn<K extends object>(
  chains: { get(key: K): Chain | undefined; set(key: K, chain: Chain): unknown },
  key: K,
): Chain {
  let chain = chains.get(key);
  if (chain === undefined) {
    chain = { priority: NaN };
    chains.set(key, chain);
  }
  return chain;
}

/** Handles of one phase of the host have nothing in common but the moment. */
function laneOf({ lane }: Handle): Lane | null {
  return lane?.isPhase === true ? null : lane;
}
