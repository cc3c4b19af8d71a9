import type { EventLoop, TimerHandle } from '@timeloom/loop';
import type { Leak } from '../leak.ts';
import type { HostSettings } from '../options.ts';
import type { Immediate } from './immediate.ts';
import { captureSite, describeSite, type Site } from './site.ts';
import { Turns } from './turns.ts';

/** A timer that has not come to its end, as reports see it. */
export interface PendingTimer {
  /** What it is, e.g. `setInterval poll()`. */
  readonly label: string;
  /** When it fires, on the loop's clock, in milliseconds; undefined if it does not. */
  readonly dueMs: number | undefined;
  /** Where it was made, if that was recorded. */
  readonly at: string | undefined;
  hasRef(): boolean;
  close(): unknown;
  /** Its loop is installed no more: it does not fire, but may be begun anew on another loop. */
  drop(): void;
}

/** A timer with a callback, whose exceptions concern the code that made it. */
export interface CallbackTimer extends PendingTimer {
  /** Calls `callback` in the asynchronous context of the code that made the timer. */
  runInContext(callback: () => void): void;
}

/** A handle of one of our timers. */
export interface HostTimerHandle extends TimerHandle {
  readonly timeout: PendingTimer;
}

// Far from the numbers that the host gives to its own timers.
const firstId = 1_000_000_000;

const none: readonly Leak[] = [];

/** The timers that have a number. One loop is installed at a time, and each gives the same numbers. */
const identifiedTimers = new Map<number, PendingTimer>();

/** The timer of a number, if it has not come to its end. */
export function identified(id: number | string): PendingTimer | undefined {
  return identifiedTimers.get(Number(id));
}

let installed: TimerTable | null = null;

/** That of the loop that is installed; null if none is. */
export function installedTable(): TimerTable | null {
  return installed;
}

/** The timers and immediates of one loop. The loop itself has them; here is what is common to them. */
export class TimerTable {
  readonly loop: EventLoop;
  /** Immediates that have not run, in the order they were made. */
  readonly immediates: Set<Immediate> = new Set();
  /** Null on a real clock, where turns take the time that they take. */
  readonly turns: Turns | null;
  /** True once the loop is no longer installed: nothing of it fires any more. */
  detached = false;
  /** True if the program ends once nothing but timers that were unref'd is left. */
  readonly mayEnd: boolean;
  /** How many more places are to be recorded. */
  sitesLeft: number;
  // Made when they are needed: most loops have neither.
  #sites: WeakMap<object, Site> | null = null;
  #ids: Map<PendingTimer, number> | null = null;
  #nextId = firstId;

  constructor(loop: EventLoop, settings: HostSettings) {
    this.loop = loop;
    // On a real clock, the host decides how long it lives.
    this.mayEnd = loop.clock.virtual && !settings.keepAlive;
    this.turns = loop.clock.virtual ? new Turns(loop) : null;
    this.sitesLeft = settings.sites;
    installed = this;
  }

  /** Records where `timer` is made: by whoever called `below`. */
  noteSite(timer: object, below: object): void {
    this.sitesLeft--;
    (this.#sites ??= new WeakMap()).set(timer, captureSite(below));
  }

  /** `file:line:column`, if it was recorded. */
  siteOf(timer: object): string | undefined {
    return describeSite(this.#sites?.get(timer) ?? null);
  }

  /** The number of a timer, which is given to it now if it has none. */
  identify(timer: PendingTimer): number {
    const ids = (this.#ids ??= new Map());
    const known = ids.get(timer);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    ids.set(timer, id);
    identifiedTimers.set(id, timer);
    return id;
  }

  /** The timer has come to its end. */
  forget(timer: PendingTimer): void {
    const id = this.#ids?.get(timer);
    if (id === undefined) return;
    this.#ids?.delete(timer);
    identifiedTimers.delete(id);
  }

  get #isEmpty(): boolean {
    return this.immediates.size === 0 && this.loop.statistics().pendingTimers === 0;
  }

  /** Immediates, then timers on the clock, earliest first. */
  #pending(): ReadonlySet<PendingTimer> {
    return new Set([
      ...this.immediates,
      ...this.loop.pendingTimers().flatMap((handle) => pendingTimerOf(handle) ?? []),
    ]);
  }

  /** What keeps the program alive; timers that were unref'd do not count. */
  leaks(): readonly Leak[] {
    if (this.#isEmpty) return none;
    return [...this.#pending()]
      .filter((timer) => timer.hasRef())
      .map(({ label, dueMs, at }) => ({ what: label, dueMs, at }));
  }

  /** Nothing fires any more. */
  detach(): void {
    this.detached = true;
    installed = null;
    if (!this.#isEmpty) for (const timer of this.#pending()) timer.drop();
    for (const timer of this.#ids?.keys() ?? []) this.forget(timer);
  }
}

/** The timer behind a handle; undefined for handles that are not the host's. */
function pendingTimerOf(handle: TimerHandle & Partial<HostTimerHandle>): PendingTimer | undefined {
  return handle.timeout;
}
