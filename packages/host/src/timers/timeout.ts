import { AsyncResource } from 'node:async_hooks';
import { TimerHandle, type EventLoop, type Lane } from '@timeloom/loop';
import { captureSite, describeSite, type Site } from './site.ts';
import type { TimerList, TimerTable } from './timer-table.ts';

export type Callback = (...args: unknown[]) => unknown;

/** How a timer is made. */
export interface TimeoutOptions {
  readonly repeat: boolean;
  readonly ref: boolean;
  /** False for our own callbacks, which need no AsyncLocalStorage. */
  readonly inherit: boolean;
  /** What leaks are called. */
  readonly what: string;
}

/**
 * What `setTimeout` and `setInterval` return: Node's Timeout, on a loop. The fields that begin with
 * an underscore are Node's too: programs look at them, and a `clearTimeout` that was kept from
 * before the takeover works through them.
 */
export class Timeout {
  readonly #table: TimerTable;
  readonly #args: unknown[];
  readonly #options: TimeoutOptions;
  readonly #resource: AsyncResource | null;
  readonly #site: Site | null;
  #callback: Callback | null;
  #list: TimerList | null;
  #ref: boolean;
  #handle: TimeoutHandle | null = null;
  #id = 0;

  constructor(table: TimerTable, callback: Callback, ms: number, args: unknown[], options: TimeoutOptions) {
    this.#table = table;
    this.#callback = callback;
    this.#args = args;
    this.#options = options;
    this.#ref = options.ref;
    this.#list = table.list(ms);
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
    this.#ref = ref;

    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  /** As `clearTimeout`. */
  close(): this {
    this.#callback = null;
    this.#list = null;
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
    const list = this.#list;
    if (list === null) return;
    const handle = new TimeoutHandle(this, startMs + list.ms, list, this.#table.loop.context);

    this.#handle = handle;
    this.#table.armed(this, list);
    this.#table.loop.scheduleTimer(handle);
  }

  #disarm(): void {
    if (this.#handle === null) return;
    this.#handle.cancel();
    this.#disarmed(this.#handle.list);
  }

  #disarmed(list: TimerList): void {
    this.#handle = null;
    this.#table.disarmed(this, list);
  }

  /** Called by the timer's handle only. */
  fire(handle: TimeoutHandle): void {
    this.#disarmed(handle.list);
    const start = this.#table.loop.time();
    try {
      const callback = this.#callback!;
      if (this.#resource === null) callback.apply(this, this.#args);
      else this.#resource.runInAsyncScope(callback, this, ...this.#args);
    } finally {
      // Behind what the callback has made, as Node does; counted from when the callback began.
      if (this.#options.repeat && !this.#table.detached) {
        this.#disarm();
        this.#arm(start);
      }
      if (this.#handle === null) this.#table.forget(this.#id);
    }
  }

  /** What it is, for traces and reports. */
  get label(): string {
    const name = this.#callback?.name ?? '';
    return name === '' ? this.#options.what : `${this.#options.what} ${name}()`;
  }

  /** When it fires next, on the loop's clock; undefined if it does not. */
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
    return this.#list?.ms ?? -1;
  }

  get _repeat(): number | null {
    return this.#options.repeat ? this._idleTimeout : null;
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
export class TimeoutHandle extends TimerHandle {
  readonly timeout: Timeout;
  readonly list: TimerList;

  constructor(timeout: Timeout, when: number, list: TimerList, context: unknown) {
    super(when, timerPhase, context);
    this.timeout = timeout;
    this.list = list;
  }

  run(loop: EventLoop): void {
    // What the callback begins, external work say, is no part of the phase.
    loop.currentLane = null;
    this.timeout.fire(this);
  }

  get label(): string {
    return this.timeout.label;
  }
}
