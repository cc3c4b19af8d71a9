import { AsyncResource } from 'node:async_hooks';
import { TimerHandle, type EventLoop, type Lane } from '@timeloom/loop';
import { captureSite, describeSite, type Site } from './site.ts';
import type { TimerTable } from './timer-table.ts';

export type Callback = (...args: never[]) => unknown;

/** How a timer is made. */
export interface TimeoutOptions {
  readonly repeat: boolean;
  readonly ref: boolean;
  /** False for callbacks of our own, which need no AsyncLocalStorage. */
  readonly inherit: boolean;
  /** What traces and reports call it. */
  readonly what: string;
}

const cleared = -1;

/**
 * What `setTimeout` and `setInterval` return: Node's Timeout, on a loop. The fields that begin with
 * an underscore are Node's too: programs look at them, and a `clearTimeout` that was kept from
 * before the takeover works through them.
 */
export class Timeout {
  readonly #table: TimerTable;
  readonly #args: readonly unknown[];
  readonly #options: TimeoutOptions;
  readonly #context: unknown;
  readonly #resource: AsyncResource | null;
  readonly #site: Site | null;
  #callback: Callback | null;
  #ms: number;
  #ref: boolean;
  #handle: TimeoutHandle | null = null;
  #id = 0;

  /** @param ms a delay as `delayOf` gives it. */
  constructor(table: TimerTable, callback: Callback, ms: number, args: readonly unknown[], options: TimeoutOptions) {
    this.#table = table;
    this.#callback = callback;
    this.#ms = ms;
    this.#args = args;
    this.#options = options;
    this.#ref = options.ref;
    this.#context = table.loop.context;
    this.#resource = options.inherit ? new AsyncResource('Timeout', { requireManualDestroy: true }) : null;
    this.#site = table.takeSite() ? captureSite(Timeout) : null;
    this.#arm(table.loop.time());
  }

  /** Starts anew, also when it has fired; without effect on a timer that was cleared. */
  refresh(): this {
    if (this.#table.detached) return this;
    this.#disarm();
    this.#arm(this.#table.loop.time());
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
    if (handle !== null && background !== this.background) handle.queue?.backgroundChanged(handle);
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  /** True if it does not keep the program alive. */
  get background(): boolean {
    return !this.#ref && this.#table.mayEnd;
  }

  /** As `clearTimeout`. */
  close(): this {
    this.#callback = null;
    this.#ms = cleared;
    this.#disarm();
    this.#table.forget(this.#id);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The number that `clearTimeout` takes as well. */
  [Symbol.toPrimitive](): number {
    if (this.#id === 0) this.#id = this.#table.identify(this);
    return this.#id;
  }

  #arm(startMs: number): void {
    if (this.#ms === cleared) return;
    this.#handle = this.#table.loop.scheduleTimer(new TimeoutHandle(this, startMs + this.#ms, this.#context));
    this.#table.pending.add(this);
  }

  #disarm(): void {
    if (this.#handle === null) return;
    this.#handle.cancel();
    this.#disarmed();
  }

  #disarmed(): void {
    this.#handle = null;
    this.#table.pending.delete(this);
  }

  /** Called by the timer's handle only. */
  fire(): void {
    this.#disarmed();
    const start = this.#table.loop.time();
    const callback = this.#callback as (...args: unknown[]) => unknown;
    try {
      if (this.#resource === null) callback.apply(this, this.#args as unknown[]);
      else this.#resource.runInAsyncScope(callback, this, ...this.#args);
    } finally {
      this.#fired(start);
    }
  }

  #fired(start: number): void {
    // Behind what the callback has made, as in Node; counted from the moment the callback began.
    if (this.#options.repeat && !this.#table.detached) {
      this.#disarm();
      this.#arm(start);
    }
    if (this.#handle === null) this.#table.forget(this.#id);
  }

  /** What it is, for traces and reports. */
  get label(): string {
    const name = this.#callback?.name ?? '';
    return name === '' ? this.#options.what : `${this.#options.what} ${name}()`;
  }

  /** When it fires next, on the loop's clock, in milliseconds; undefined if it does not. */
  get dueMs(): number | undefined {
    return this.#handle?.when;
  }

  /** Where it was made, if that was recorded. */
  get at(): string | undefined {
    return describeSite(this.#site);
  }

  get _onTimeout(): Callback | null {
    return this.#callback;
  }

  set _onTimeout(callback: Callback | null) {
    if (callback === null) this.close();
    else this.#callback = callback;
  }

  get _idleTimeout(): number {
    return this.#ms;
  }

  get _repeat(): number | null {
    return this.#options.repeat ? this.#ms : null;
  }

  get _destroyed(): boolean {
    return this.#handle === null;
  }
}

/**
 * Node runs all timers that are due in one phase, in the order of their deadlines, and of two with one
 * deadline the one first that was made first, however late it is.
 */
const timerPhase: Lane = { label: 'timers', isPhase: true };

/** One firing of a Timeout: refreshing and repeating make new ones. */
class TimeoutHandle extends TimerHandle {
  /** What `setTimeout` or `setInterval` returned. */
  readonly timeout: Timeout;

  constructor(timeout: Timeout, when: number, context: unknown) {
    super(when, timerPhase, context);
    this.timeout = timeout;
  }

  run(loop: EventLoop): void {
    // What the callback begins, external work say, is no part of the phase.
    loop.currentLane = null;
    this.timeout.fire();
  }

  override get background(): boolean {
    return this.timeout.background;
  }

  get label(): string {
    return this.timeout.label;
  }
}
