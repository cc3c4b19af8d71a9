import type { EventLoop, VirtualClock } from '@timeloom/loop';
import { deliveredByHost } from '../io/host-turn.ts';

/** `performance.now()` at installation, in milliseconds: programs take 0 for "never". */
const performanceStart = 1000;

// What a sum of a fractional start and whole delays may lose, in milliseconds.
const lost = 1e-5;

/** How often one step may read the time before it counts as waiting for time to pass. */
const patientReads = 10_000;

/** What passes for each delivery of the host between so many readings, in milliseconds: about what one takes. */
const deliveryMs = 0.05;

/** The loop's time as the host tells it. Reads the loop's clock and has no other. */
export class HostTime {
  readonly #loop: EventLoop;
  readonly #startMs: number;
  readonly #nowAtStart: number;
  #reads = 0;
  #stepOfReads = -1;
  #deliveries = 0;

  /** @param now what `Date.now()` gives at this moment, in milliseconds since 1970. */
  constructor(loop: EventLoop, now: number) {
    this.#loop = loop;
    this.#startMs = loop.time();
    this.#nowAtStart = Math.floor(now);
  }

  #elapsed(): number {
    if (++this.#reads > patientReads) this.#readOften();
    return this.#loop.time() - this.#startMs;
  }

  /**
   * `while (Date.now() < end);` blocks the thread until time has passed, so it has to: 1 µs for each
   * reading more, then 10 µs, up to 1 ms. Callbacks of real I/O are no steps, and each may read the time a
   * few times: they block nothing. But `while (Date.now() < end) await stat('.')` waits as well.
   */
  #readOften(): void {
    const clock = this.#loop.clock as Partial<VirtualClock>;
    const delivered = deliveredByHost();
    const sinceThen = delivered - this.#deliveries;
    this.#deliveries = delivered;
    const { steps } = this.#loop.statistics();
    if (steps !== this.#stepOfReads) {
      this.#stepOfReads = steps;
      this.#reads = 0;
      return;
    }
    if (sinceThen > 0) {
      this.#reads = 0;
      clock.block?.(sinceThen * deliveryMs);
      return;
    }
    clock.block?.(Math.min(1, 10 ** (Math.floor(this.#reads / patientReads) - 4)));
  }

  /** Whole milliseconds since 1970. */
  epochMs(): number {
    return this.#nowAtStart + Math.floor(this.#elapsed() + lost);
  }

  /** Nanoseconds since 1970. */
  epochNs(): bigint {
    return BigInt(this.#nowAtStart) * 1_000_000n + nanoseconds(this.#elapsed());
  }

  /** Milliseconds since {@link timeOrigin}. */
  performanceNow(): number {
    return performanceStart + this.#elapsed();
  }

  /** The monotonic clock, in nanoseconds. */
  monotonicNs(): bigint {
    return nanoseconds(this.performanceNow());
  }

  /** Milliseconds since 1970 at which `performance.now()` was 0. */
  get timeOrigin(): number {
    return this.#nowAtStart - performanceStart;
  }
}

function nanoseconds(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}
