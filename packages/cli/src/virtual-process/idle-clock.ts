import { VirtualClock, type Advance } from '@timeloom/loop';

/** The real ones, before anybody replaces them. */
const { clearTimeout, setTimeout } = globalThis;

/**
 * So many turns of the host in a row has the process to live. One may be ours: immediates of the loop's
 * pump that are left.
 */
const proof = 3;

/**
 * The clock of a whole process. A loop that has nothing to do is no deadlock there: the process may be
 * at its end, or wait for something real, a server's next client for instance. In the second case Node
 * fires timers that were unref'd, and so does this clock.
 */
export class IdleClock extends VirtualClock {
  readonly #firstDeadline: () => number;
  #probe: NodeJS.Timeout | undefined;
  #isAlive = false;

  /** @param firstDeadline the earliest deadline of all timers, unref'd or not; Infinity if there is none. */
  constructor(firstDeadline: () => number) {
    super();
    this.#firstDeadline = firstDeadline;
  }

  override advanceTo(deadline: number, wake: () => void = () => {}): Advance {
    this.stopWaiting();
    if (deadline !== Infinity) return super.advanceTo(deadline);
    const first = this.#firstDeadline();
    if (first === Infinity) return 'waiting';
    if (this.#isAlive) {
      this.#isAlive = false;
      return super.advanceTo(first);
    }
    this.#probeHost(wake, proof);
    return 'waiting';
  }

  override stopWaiting(): void {
    clearTimeout(this.#probe);
    this.#probe = undefined;
  }

  /** A real timer that is unref'd fires only if something else keeps the process alive. */
  #probeHost(wake: () => void, turns: number): void {
    this.#probe = setTimeout(() => {
      if (turns > 1) return this.#probeHost(wake, turns - 1);
      this.#isAlive = true;
      wake();
    }, 1).unref();
  }
}
