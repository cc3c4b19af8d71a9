import type { AsyncResource } from 'node:async_hooks';
import { TimerHandle, type EventLoop, type Lane } from '@timeloom/loop';
import { callIn, currentContext } from './contexts.ts';
import { installedTable, type CallbackTimer, type HostTimerHandle, type TimerTable } from './timer-table.ts';

export type Callback = (...args: never[]) => unknown;

/** What a timer is. */
export interface TimeoutKind {
  /** What traces and reports call it. */
  readonly what: string;
  readonly repeat: boolean;
  /** After how many milliseconds it repeats, if those are not those of its delay. */
  readonly everyMs?: number | undefined;
}

/** What Node says of the delay of a timer that was cleared. */
const cleared = -1;
const none: readonly unknown[] = [];

/**
 * Node runs all timers that are due in one phase, in the order of their deadlines, and of two with one
 * deadline the one first that was made first, however late it is.
 */
export const timerPhase: Lane = { label: 'timers', isPhase: true };

/**
 * What `setTimeout` and `setInterval` return: Node's Timeout, on a loop. The fields that begin with an
 * underscore are Node's too: programs look at them, and a `clearTimeout` that was kept from before the
 * takeover works through them.
 *
 * A program may have 100,000 of these, so there are no fields for what few of them need, and it is itself
 * the handle of its first firing.
 */
export class Timeout extends TimerHandle implements CallbackTimer, HostTimerHandle {
  #table: TimerTable;
  #kind: TimeoutKind;
  readonly #args: readonly unknown[];
  #context: AsyncResource | null;
  #callback: Callback | null;
  /** The delay; negative once it was cleared. */
  #ms: number;
  #ref: boolean;
  /** Null while the callback runs, and once it was cleared; undefined when it has fired. */
  #handle: TimerHandle | null | undefined;

  /** @param ms a delay as `delayOf` gives it. */
  constructor(
    table: TimerTable,
    kind: TimeoutKind,
    callback: Callback,
    ms: number,
    args: readonly unknown[] = none,
    ref = true,
  ) {
    const { loop } = table;
    super(loop.time() + ms, timerPhase, loop.context);
    this.#table = table;
    this.#kind = kind;
    this.#context = currentContext('Timeout');
    this.#callback = callback;
    this.#ms = ms;
    this.#args = args;
    this.#ref = ref;
    this.#handle = null;
    if (table.sitesLeft > 0) table.noteSite(this, Timeout);
    if (!table.detached) this.#handle = loop.scheduleTimer(this);
  }

  /** The loop's, for the first firing. */
  run(loop: EventLoop): void {
    // What the callback begins, external work say, is no part of the phase.
    loop.currentLane = null;
    this.fire(this);
  }

  override readAhead(): number {
    const calls = typeof this.#callback === 'function' && this.#context !== null ? 1 : 0;
    return this.sequence | this.#args.length | calls;
  }

  get timeout(): this {
    return this;
  }

  /**
   * Starts anew, also when it has fired; without effect on a timer that was cleared. One that is kept for
   * longer than its loop is installed, as by a module for several runs, starts on the loop that is now. One that
   * has fired has the context of who starts it from then on, as in Node.
   */
  refresh(): this {
    if (this.#table.detached) this.#table = installedTable() ?? this.#table;
    const { loop } = this.#table;
    if (this.#handle === undefined) this.#context = currentContext('Timeout');
    const context = hasNone(this.#handle) ? loop.context : this.#handle.context;
    this.#disarm();
    this.#arm(loop.time(), context);
    return this;
  }

  ref(): this {
    return this.#setRef(true);
  }

  /** Lets the program end although this timer has not fired. */
  unref(): this {
    return this.#setRef(false);
  }

  #setRef(ref: boolean): this {
    const { background } = this;
    this.#ref = ref;
    const handle = this.#handle;
    if (!hasNone(handle) && background !== this.background) handle.queue?.backgroundChanged(handle);
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  /** True if it does not keep the program alive. */
  override get background(): boolean {
    return !this.#ref && this.#table.mayEnd;
  }

  /** As `clearTimeout`. */
  close(): this {
    this.#callback = null;
    this.#ms = -Math.abs(this.#ms);
    this.#disarm();
    this.#table.forget(this);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  drop(): void {
    this.#disarm();
  }

  /** The number that `clearTimeout` takes as well. */
  [Symbol.toPrimitive](): number {
    return this.#table.identify(this);
  }

  #arm(startMs: number, context: unknown): void {
    if (this.#ms < 0 || this.#table.detached) return;
    this.#handle = this.#table.loop.scheduleTimer(new TimeoutHandle(this, startMs + this.#ms, context));
  }

  #disarm(): void {
    this.#handle?.cancel();
    this.#handle = null;
  }

  /** Called by the timer's handle only. */
  fire({ context }: TimerHandle): void {
    this.#handle = null;
    if (this.#table.detached) return;
    const start = this.#table.loop.time();
    try {
      callIn(this.#context, this.#callback!, this, this.#args);
    } finally {
      // Behind what the callback has made, as in Node; counted from the moment the callback began.
      if (this.#kind.repeat) {
        this.#disarm();
        if (this.#ms >= 0) this.#ms = this.#kind.everyMs ?? this.#ms;
        this.#arm(start, context);
      }
      if (this.#handle === null) {
        this.#handle = this.#ms < 0 ? null : undefined;
        this.#table.forget(this);
      }
    }
  }

  runInContext(callback: () => void): void {
    callIn(this.#context, callback, this, []);
  }

  /** What it is, for traces and reports. */
  get label(): string {
    const name = this.#callback?.name ?? '';
    return name === '' ? this.#kind.what : `${this.#kind.what} ${name}()`;
  }

  /** When it fires next, on the loop's clock, in milliseconds; undefined if it does not. */
  get dueMs(): number | undefined {
    return this.#handle?.when;
  }

  /** Where it was made, if that was recorded. */
  get at(): string | undefined {
    return this.#table.siteOf(this);
  }

  get _onTimeout(): Callback | null {
    return this.#callback;
  }

  set _onTimeout(callback: Callback | null) {
    if (callback === null) this.close();
    else this.#callback = callback;
  }

  get _idleTimeout(): number {
    return this.#ms < 0 ? cleared : this.#ms;
  }

  /** Counts from when it starts anew. */
  set _idleTimeout(ms: number) {
    if (this.#kind.repeat) this.#repeatEvery(this._repeat);
    this.#ms = ms >= 0 ? ms : -Math.abs(this.#ms);
  }

  get _repeat(): number | null {
    return this.#kind.repeat ? (this.#kind.everyMs ?? Math.abs(this.#ms)) : null;
  }

  /** Counts from when it fires next; null lets it fire but once more. */
  set _repeat(ms: number | null) {
    this.#repeatEvery(ms);
  }

  #repeatEvery(ms: number | null): void {
    // Whatever is set: Node does not look at it either until the timer fires.
    const everyMs = Number(ms);
    this.#kind = { what: this.#kind.what, repeat: everyMs > 0, everyMs };
  }

  get _destroyed(): boolean {
    return this.#handle === undefined || this.#ms < 0;
  }
}

function hasNone(handle: TimerHandle | null | undefined): handle is null | undefined {
  return handle === null || handle === undefined;
}

/** A later firing of a Timeout: refreshing and repeating make new ones. */
class TimeoutHandle extends TimerHandle implements HostTimerHandle {
  /** What `setTimeout` or `setInterval` returned. */
  readonly timeout: Timeout;

  constructor(timeout: Timeout, when: number, context: unknown) {
    super(when, timerPhase, context);
    this.timeout = timeout;
  }

  run(loop: EventLoop): void {
    // What the callback begins, external work say, is no part of the phase.
    loop.currentLane = null;
    this.timeout.fire(this);
  }

  override get background(): boolean {
    return this.timeout.background;
  }

  get label(): string {
    return this.timeout.label;
  }
}
