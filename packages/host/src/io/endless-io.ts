import { process } from '../realm.ts';
import { realNow } from './host-turn.ts';
import type { IoOperation } from './operation.ts';

/**
 * Sees to it that time passes for a program that begins I/O again and again until a timer ends that, as what
 * measures or polls does: a clock that I/O has held for `patienceMs` of real time without a break goes on as fast
 * as the real one, until nothing is in flight. Not while a process or a worker is: those take their time.
 */
export class EndlessIo {
  readonly #patienceMs: number;
  #heldSince: number | null = null;
  /** The real time up to which time has passed. */
  #passedUntil = 0;
  #hasWarned = false;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** The real time since when I/O has held the clock without a break. */
  get heldSince(): number {
    return (this.#heldSince ??= realNow());
  }

  /** The clock is held no more. */
  ended(): void {
    this.#heldSince = null;
  }

  /** Told at each look what is in flight: true if time has to pass nevertheless. What is silent is set aside instead. */
  holds(operations: readonly IoOperation[]): boolean {
    const holding = operations.filter(({ setAside }) => !setAside);
    if (holding.length === 0 || holding.some(({ isOfActor }) => isOfActor)) {
      this.ended();
      return false;
    }
    const since = this.heldSince;
    return realNow() >= since + this.#patienceMs && holding.every(({ aliveAt }) => aliveAt > since);
  }

  /** How many whole milliseconds are to pass, if it {@link holds}. */
  get owedMs(): number {
    return Math.floor(realNow() - Math.max(this.#passedUntil, this.heldSince + this.#patienceMs - 1));
  }

  /** They pass. */
  passes(operations: readonly IoOperation[]): void {
    this.#passedUntil = realNow();
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const last = operations.find(({ setAside }) => !setAside)?.what;
    process.emitWarning(
      `real I/O was in flight for ${this.#patienceMs} ms without a break (now: ${last}), so the virtual clock goes on ` +
        `like the real one until none is. If time is not to pass for it, raise io.patienceMs`,
      { type: 'TimeloomWarning', code: 'TIMELOOM_IO_ENDLESS' },
    );
  }
}
