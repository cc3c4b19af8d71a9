import { atTopLevel, postMacrotask } from './host-binding.ts';

/** What a pump drives: an event loop. */
export interface Driven {
  /**
   * Runs one step. False when nothing can run now; the driven then calls {@link Pump.request} when
   * that changes.
   */
  step(): boolean;
  /** The microtasks of the last step are done. */
  settle(): void;
  /** True if the host is to look for I/O before the next turn begins. Reset by who lets it. */
  awaitsPoll?: boolean;
}

/** Drives steps so that the host drains its microtasks between any two of them. */
export interface Pump {
  /** Begins, or goes on, to drive. Idempotent. */
  request(driven: Driven): void;
  /**
   * As {@link request}, behind the host's next poll for I/O. Called in a step that then gives false. False,
   * and nothing is done, where no step has run since the last poll, or the host is not let run. Default: as if
   * it gave false.
   */
  requestBehindPoll?(driven: Driven): boolean;
  /**
   * True if so many steps, from this one on, run with no poll of the host between them. False if they do so
   * behind the host's next poll: called in a step that then gives false. Default: as if it gave true.
   */
  reserve?(driven: Driven, steps: number): boolean;
}

const smallestBatch = 8;
const largestBatch = 512;

/** For a turn that begins behind a poll: most fit, and need no second poll before them. */
const batchBehindPoll = 32;

/**
 * Posts macrotasks ("slots") in batches; each slot runs one step. The host empties its microtask
 * queue between two macrotasks, so a step ends exactly when everything it caused has run, however
 * deep the chain of promises. Posting in batches costs one turn of the host's own loop for up to
 * 512 steps, or for as many as are reserved. Loops that are driven at the same time take turns, one step
 * each. Between two batches the host polls for I/O.
 */
export class MacrotaskPump implements Pump {
  readonly #driven: Driven[] = [];
  #turn = 0;
  #batchSize = smallestBatch;
  #slotsLeft = 0;
  /** Slots of a batch that was given up, which run before the host's next poll. */
  #slotsGivenUp = 0;
  readonly #behindPoll: Driven[] = [];
  /** True from when a batch is posted until it has run a step. */
  #isBehindPoll = false;
  /** What stepped last, and whether its step has not ended. Kept, as it is the same each time but for a few. */
  #lastStepped: Driven | null = null;
  #isStepping = false;

  request(driven: Driven): void {
    if (!this.#driven.includes(driven)) this.#driven.push(driven);
    if (this.#slotsLeft === 0) this.#postBatch(this.#batchSize);
  }

  requestBehindPoll(driven: Driven): boolean {
    driven.awaitsPoll = false;
    if (this.#isBehindPoll) return false;
    this.#batchSize = smallestBatch;
    this.#goOnBehindPoll(driven, batchBehindPoll);
    return true;
  }

  reserve(driven: Driven, steps: number): boolean {
    const slots = steps * this.#driven.length;
    // The slot that runs now is none of those left, of which the last runs no step.
    if (slots <= this.#slotsLeft) return true;
    this.#goOnBehindPoll(driven, Math.max(slots + 1, this.#batchSize));
    return false;
  }

  #goOnBehindPoll(driven: Driven, slots: number): void {
    this.#behindPoll.push(driven);
    this.#slotsGivenUp += this.#slotsLeft;
    this.#postBatch(slots);
  }

  #postBatch(slots: number): void {
    this.#slotsLeft = slots;
    this.#isBehindPoll = true;
    atTopLevel(() => {
      for (let i = 0; i < slots; i++) postMacrotask(this.#slot);
    });
  }

  readonly #slot = (): void => {
    if (this.#slotsGivenUp > 0) {
      this.#slotsGivenUp--;
      return;
    }
    this.#slotsLeft--;
    this.#settleLast();
    if (this.#behindPoll.length > 0) this.#polled();
    if (this.#driven.length === 0) {
      if (this.#slotsLeft === 0) this.#batchSize = Math.max(this.#batchSize >> 1, smallestBatch);
      return;
    }
    // The last slot of a batch only ends the step before it: between two batches the host runs
    // other macrotasks, and no step may still count as running then.
    if (this.#slotsLeft === 0) {
      this.#batchSize = Math.min(2 * this.#batchSize, largestBatch);
      this.#postBatch(this.#batchSize);
      return;
    }
    this.#stepNext();
  };

  #polled(): void {
    for (const driven of this.#behindPoll.splice(0)) this.request(driven);
  }

  #settleLast(): void {
    if (!this.#isStepping) return;
    this.#isStepping = false;
    this.#lastStepped!.settle();
  }

  #stepNext(): void {
    if (this.#turn >= this.#driven.length) this.#turn = 0;
    const driven = this.#driven[this.#turn]!;
    if (driven.step()) {
      this.#isBehindPoll = false;
      if (this.#lastStepped !== driven) this.#lastStepped = driven;
      this.#isStepping = true;
      this.#turn++;
      return;
    }
    this.#lastStepped = null;
    const index = this.#driven.indexOf(driven);
    this.#driven.splice(index, 1);
  }
}

/** The pump of this host, shared by all loops. */
export const hostPump: Pump = new MacrotaskPump();

/**
 * Drives one loop without macrotasks: each step right behind the one before it, all in the call that
 * requests them. Only for programs whose steps cause no microtasks, such as generators that await nothing
 * but what is the loop's: a microtask would run when everything is over. Never lets the host run.
 */
export class SynchronousPump implements Pump {
  #isDriving = false;

  request(driven: Driven): void {
    if (this.#isDriving) return;
    this.#isDriving = true;
    try {
      while (driven.step()) driven.settle();
    } finally {
      this.#isDriving = false;
    }
  }
}
