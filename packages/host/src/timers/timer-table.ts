import type { EventLoop } from '@timeloom/loop';
import type { Leak } from '../leak.ts';
import type { HostSettings } from '../options.ts';

/** A timer or an immediate that has not come to its end. */
export interface PendingTimer {
  /** What it is, e.g. `setInterval poll()`. */
  readonly label: string;
  /** When it fires, on the loop's clock, in milliseconds; undefined for immediates. */
  readonly dueMs: number | undefined;
  /** Where it was made, if that was recorded. */
  readonly at: string | undefined;
  hasRef(): boolean;
  close(): unknown;
}

// Far from the numbers that the host gives to its own timers.
const firstId = 1_000_000_000;
let nextId = firstId;
const identifiedTimers = new Map<number, PendingTimer>();

/** The timer of a number, if it has not come to its end. */
export function identified(id: number | string): PendingTimer | undefined {
  return identifiedTimers.get(Number(id));
}

/** The timers and immediates of one loop. */
export class TimerTable {
  readonly loop: EventLoop;
  /** Everything that has not come to its end yet. */
  readonly pending: Set<PendingTimer> = new Set();
  /** True once the loop is no longer installed. */
  detached = false;
  /** True if the program ends once nothing but timers that were unref'd is left. */
  readonly mayEnd: boolean;
  #sitesLeft: number;

  constructor(loop: EventLoop, settings: HostSettings) {
    this.loop = loop;
    // On a real clock, the host decides how long it lives.
    this.mayEnd = loop.clock.virtual && !settings.keepAlive;
    this.#sitesLeft = settings.sites;
    // One loop is installed at a time, and each run of a program gives the same numbers.
    nextId = firstId;
  }

  /** True for the first few calls: the place of a timer is to be recorded. */
  takeSite(): boolean {
    if (this.#sitesLeft === 0) return false;
    this.#sitesLeft--;
    return true;
  }

  /** Gives a timer a number. */
  identify(timeout: PendingTimer): number {
    const id = nextId++;
    identifiedTimers.set(id, timeout);
    return id;
  }

  forget(id: number): void {
    if (id !== 0) identifiedTimers.delete(id);
  }

  /** What keeps the program alive; timers that were unref'd do not count. */
  leaks(): readonly Leak[] {
    return Array.from(this.pending)
      .filter((timer) => timer.hasRef())
      .map(({ label, dueMs, at }) => ({ what: label, dueMs, at }));
  }

  /** Clears everything: nothing of this loop fires once it is no longer installed. */
  detach(): void {
    this.detached = true;
    for (const timer of this.pending) timer.close();
  }
}
