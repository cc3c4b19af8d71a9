import { accessed, checkFunction, RuntimeError } from '@timeloom/loop';
import type { Awaitable } from '../awaitable.ts';
import { coroutine, type Coroutine } from '../coroutine.ts';
import type { Suspend } from '../future.ts';
import { showAsText } from '../repr.ts';
import { awaitIt } from '../timeout.ts';
import { checkCount } from './check-count.ts';
import { Condition } from './condition.ts';

/** Thrown to tasks that wait at a barrier which is reset or aborted. Mirrors `asyncio.BrokenBarrierError`. */
export class BrokenBarrierError extends RuntimeError {
  constructor(message = '') {
    super(message, 'TIMELOOM_BROKEN_BARRIER');
  }
}

type BarrierState = 'filling' | 'draining' | 'resetting' | 'broken';

/**
 * Makes a number of tasks wait for each other, round after round. Mirrors `asyncio.Barrier`.
 */
export class Barrier {
  readonly #condition = new Condition();
  readonly #parties: number;
  #state: BarrierState = 'filling';
  /** Tasks inside: those who wait, then those who have yet to leave. */
  #count = 0;

  /**
   * @param parties how many tasks make a round.
   * @throws TypeError, RangeError if it is not a positive whole number.
   */
  constructor(parties: number) {
    checkCount('parties', parties);
    if (parties < 1) throw new RangeError('parties must be > 0');
    this.#parties = parties;
    accessed(this, 'create');
  }

  /** How many tasks make a round. */
  get parties(): number {
    return this.#parties;
  }

  /** How many tasks wait for the round to be complete. */
  get waiting(): number {
    accessed(this, 'read');
    return this.#state === 'filling' ? this.#count : 0;
  }

  /** True after {@link abort}. */
  get broken(): boolean {
    accessed(this, 'read');
    return this.#state === 'broken';
  }

  /**
   * Waits until the round is complete; the last to come does not wait at all.
   *
   * @returns the position in the order of arrival, from 0.
   * @throws (when awaited) BrokenBarrierError if the barrier is reset meanwhile, or aborted.
   */
  wait(): Coroutine<number> {
    return Barrier.#wait(this);
  }

  /** Waits, then runs `body` with the position. Mirrors `async with barrier`. */
  with<T>(body: (position: number) => Awaitable<T>): Coroutine<T> {
    checkFunction('with()', body);
    return Barrier.#with(this, body) as Coroutine<T>;
  }

  /** Sends those who wait away with a BrokenBarrierError; the barrier can be used again. */
  reset(): Coroutine<void> {
    return Barrier.#reset(this);
  }

  /** Breaks the barrier for good: all who wait, and all who come, get a BrokenBarrierError. */
  abort(): Coroutine<void> {
    return Barrier.#abort(this);
  }

  toString(): string {
    return `<Barrier [${this.#state}${this.broken ? '' : `, waiters:${this.waiting}/${this.#parties}`}]>`;
  }

  static readonly #wait = coroutine(function* wait(barrier: Barrier): Generator<Suspend, number, unknown> {
    yield* barrier.#condition.acquire();
    try {
      yield* barrier.#enter();
      try {
        accessed(barrier, 'write');
        const position = barrier.#count++;
        if (position + 1 === barrier.#parties) barrier.#open();
        else yield* barrier.#waitForOthers();
        return position;
      } finally {
        barrier.#leave();
      }
    } finally {
      barrier.#condition.release();
    }
  });

  /** Waits until those of the last round have left. */
  *#enter(): Generator<Suspend, void, unknown> {
    yield* this.#condition.waitFor(() => this.#state !== 'draining' && this.#state !== 'resetting');
    if (this.#state === 'broken') throw new BrokenBarrierError('Barrier aborted');
  }

  #open(): void {
    this.#state = 'draining';
    this.#condition.notifyAll();
  }

  *#waitForOthers(): Generator<Suspend, void, unknown> {
    yield* this.#condition.waitFor(() => this.#state !== 'filling');
    if (this.#state === 'broken' || this.#state === 'resetting') {
      throw new BrokenBarrierError('Abort or reset of barrier');
    }
  }

  #leave(): void {
    accessed(this, 'write');
    if (--this.#count > 0) return;
    if (this.#state === 'resetting' || this.#state === 'draining') this.#state = 'filling';
    this.#condition.notifyAll();
  }

  static readonly #with = coroutine(function* withBarrier(
    barrier: Barrier,
    body: (position: number) => unknown,
  ): Generator<Suspend, unknown, unknown> {
    const position = yield* barrier.wait();
    return yield* awaitIt(body(position));
  });

  static readonly #reset = coroutine(function* reset(barrier: Barrier): Generator<Suspend, void, unknown> {
    yield* barrier.#change(() => (barrier.#count > 0 ? 'resetting' : 'filling'));
  });

  static readonly #abort = coroutine(function* abort(barrier: Barrier): Generator<Suspend, void, unknown> {
    yield* barrier.#change(() => 'broken');
  });

  *#change(next: () => BarrierState): Generator<Suspend, void, unknown> {
    yield* this.#condition.acquire();
    try {
      accessed(this, 'write');
      this.#state = next();
      this.#condition.notifyAll();
    } finally {
      this.#condition.release();
    }
  }
}

showAsText(Barrier.prototype);
