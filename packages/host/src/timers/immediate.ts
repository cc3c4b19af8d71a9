import { AsyncResource } from 'node:async_hooks';
import { Handle, type EventLoop, type Lane } from '@timeloom/loop';
import { captureSite, describeSite, type Site } from './site.ts';
import type { TimerTable } from './timer-table.ts';
import type { Callback } from './timeout.ts';

/** Immediates run in the order they were made, those that are ready together in one phase. */
export const immediateLane: Lane = { label: 'setImmediate', isPhase: true, outrunsOperations: true };

/** What `setImmediate` returns: Node's Immediate, on a loop. */
export class Immediate {
  readonly #table: TimerTable;
  readonly #args: readonly unknown[];
  readonly #resource: AsyncResource | null;
  readonly #site: Site | null;
  #callback: Callback | null;
  #ref = true;
  #handle: ImmediateHandle | null;

  constructor(table: TimerTable, callback: Callback, args: readonly unknown[], inherit: boolean) {
    this.#table = table;
    this.#callback = callback;
    this.#args = args;
    this.#resource = inherit ? new AsyncResource('Immediate', { requireManualDestroy: true }) : null;
    this.#site = table.takeSite() ? captureSite(Immediate) : null;
    this.#handle = table.loop.schedule(new ImmediateHandle(this, table.loop.context));
    table.pending.add(this);
  }

  ref(): this {
    this.#ref = true;
    return this;
  }

  unref(): this {
    this.#ref = false;
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  /** As `clearImmediate`. */
  close(): void {
    this.#handle?.cancel();
    this.#done();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #done(): void {
    this.#handle = null;
    this.#callback = null;
    this.#table.pending.delete(this);
  }

  /** Called by the handle only. */
  fire(): void {
    const callback = this.#callback as (...args: unknown[]) => unknown;
    this.#done();
    if (this.#resource === null) callback.apply(this, this.#args as unknown[]);
    else this.#resource.runInAsyncScope(callback, this, ...this.#args);
  }

  /** What it is, for traces and reports. */
  get label(): string {
    const name = this.#callback?.name ?? '';
    return name === '' ? 'setImmediate' : `setImmediate ${name}()`;
  }

  /** Immediates are due at once; no deadline is known. */
  get dueMs(): undefined {
    return undefined;
  }

  /** Where it was made, if that was recorded. */
  get at(): string | undefined {
    return describeSite(this.#site);
  }

  get _onImmediate(): Callback | null {
    return this.#callback;
  }

  get _destroyed(): boolean {
    return this.#handle === null;
  }
}

class ImmediateHandle extends Handle {
  readonly immediate: Immediate;

  constructor(immediate: Immediate, context: unknown) {
    super(immediateLane, context);
    this.immediate = immediate;
  }

  run(loop: EventLoop): void {
    loop.currentLane = null;
    this.immediate.fire();
  }

  get label(): string {
    return this.immediate.label;
  }
}
