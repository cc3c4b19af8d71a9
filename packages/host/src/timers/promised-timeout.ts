import { TimerHandle, type EventLoop } from '@timeloom/loop';
import { timerPhase } from './timeout.ts';
import type { HostTimerHandle, PendingTimer, TimerTable } from './timer-table.ts';

/** The timer of `timers/promises.setTimeout`: nobody gets hold of it, so one object does for all. */
export class PromisedTimeout extends TimerHandle implements PendingTimer, HostTimerHandle {
  readonly #table: TimerTable;
  readonly #resolve: (value: unknown) => void;
  readonly #value: unknown;
  readonly #ref: boolean;

  /** @param ms a delay as `delayOf` gives it. */
  constructor(table: TimerTable, resolve: (value: unknown) => void, ms: number, value: unknown, ref: boolean) {
    super(table.loop.time() + ms, timerPhase, table.loop.context);
    this.#table = table;
    this.#resolve = resolve;
    this.#value = value;
    this.#ref = ref;
    if (table.sitesLeft > 0) table.noteSite(this, PromisedTimeout);
    table.loop.scheduleTimer(this);
  }

  run(loop: EventLoop): void {
    loop.currentLane = null;
    if (!this.#table.detached) this.#resolve(this.#value);
  }

  get timeout(): this {
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  override get background(): boolean {
    return !this.#ref && this.#table.mayEnd;
  }

  get label(): string {
    return 'setTimeout';
  }

  get dueMs(): number {
    return this.when;
  }

  get at(): string | undefined {
    return this.#table.siteOf(this);
  }

  close(): void {
    this.cancel();
  }

  drop(): void {
    this.cancel();
  }
}
