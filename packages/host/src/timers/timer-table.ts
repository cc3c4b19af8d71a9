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

/** Timers of one duration. */
export class TimerList {
  readonly ms: number;
  /** Timers on the clock. */
  armed = 0;

  constructor(ms: number) {
    this.ms = ms;
  }
}

// Far from the numbers that the host gives to its own timers. Numbers are given for the whole process,
// so that a number kept from another run clears nothing of this one.
let nextId = 1_000_000_000;
const identifiedTimers = new Map<number, PendingTimer>();

/** The timer of a number, if it has not come to its end. */
export function identified(id: number | string): PendingTimer | undefined {
  return identifiedTimers.get(Number(id));
}

const fewLists = 1000;

/** The timers and immediates of one loop. */
export class TimerTable {
  readonly loop: EventLoop;
  /** Everything that has not come to its end yet. */
  readonly pending: Set<PendingTimer> = new Set();
  /** True once the loop is no longer installed. */
  detached = false;
  readonly #keepAlive: boolean;
  readonly #lists = new Map<number, TimerList>();
  #sitesLeft: number;
  #pruneAt = fewLists;

  constructor(loop: EventLoop, settings: HostSettings) {
    this.loop = loop;
    this.#keepAlive = settings.keepAlive;
    this.#sitesLeft = settings.sites;
  }

  /** The list of a duration. */
  list(ms: number): TimerList {
    const known = this.#lists.get(ms);
    if (known !== undefined) return known;
    if (this.#lists.size >= this.#pruneAt) this.#prune();
    const list = new TimerList(ms);
    this.#lists.set(ms, list);
    return list;
  }

  /** Drops the lists of durations that are not in use, so that random durations do not pile up. */
  #prune(): void {
    for (const list of this.#lists.values()) if (list.armed === 0) this.#lists.delete(list.ms);
    this.#pruneAt = Math.max(fewLists, 2 * this.#lists.size);
  }

  armed(timeout: PendingTimer, list: TimerList): void {
    list.armed++;
    this.pending.add(timeout);
  }

  disarmed(timeout: PendingTimer, list: TimerList): void {
    list.armed--;
    this.pending.delete(timeout);
  }

  /** True for the first few calls: the place of a timer is to be recorded. */
  takeSite(): boolean {
    if (this.#sitesLeft === 0) return false;
    this.#sitesLeft--;
    return true;
  }

  /** Whether a timer that is referenced, or not, leaves the program free to end. */
  isBackground(ref: boolean): boolean {
    return !ref && !this.#keepAlive;
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
