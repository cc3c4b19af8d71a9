import type { AsyncResource } from 'node:async_hooks';
import { Handle, TimerHandle, type EventLoop, type Lane } from '@timeloom/loop';
import { callIn, currentContext } from './contexts.ts';
import { timerPhase, type Callback } from './timeout.ts';
import type { CallbackTimer, HostTimerHandle, TimerTable } from './timer-table.ts';

/** Immediates run in the order they were made, those that are ready together in one phase. */
const immediateLane: Lane = { label: 'setImmediate', isPhase: true, outrunsOperations: true };

/** What `setImmediate` returns: Node's Immediate, on a loop. */
export class Immediate implements CallbackTimer {
  readonly #table: TimerTable;
  readonly #args: readonly unknown[];
  readonly #context: AsyncResource | null = currentContext('Immediate');
  readonly #turn: number;
  readonly #handle: ImmediateHandle | LateImmediateHandle;
  #callback: Callback | null;
  #ref: boolean;

  constructor(table: TimerTable, callback: Callback, args: readonly unknown[], ref = true) {
    this.#table = table;
    this.#callback = callback;
    this.#args = args;
    this.#ref = ref;
    if (table.sitesLeft > 0) table.noteSite(this, Immediate);
    this.#turn = table.turns?.next() ?? 1;
    this.#handle = this.#turn === 0 ? this.#scheduleLate(table) : this.#schedule(table);
    table.immediates.add(this);
  }

  #schedule({ loop }: TimerTable): ImmediateHandle {
    return loop.schedule(new ImmediateHandle(this, loop.context));
  }

  #scheduleLate({ loop }: TimerTable): LateImmediateHandle {
    return loop.scheduleTimer(new LateImmediateHandle(this, loop.time() + 1, loop.context));
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
    this.#handle.cancel();
    this.#done();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  drop(): void {
    this.close();
  }

  #done(): void {
    this.#callback = null;
    this.#table.immediates.delete(this);
  }

  /** Called by the handle only. */
  fire(): void {
    const callback = this.#callback!;
    this.#done();
    this.#table.turns?.began(this.#turn);
    callIn(this.#context, callback, this, this.#args);
  }

  runInContext(callback: () => void): void {
    callIn(this.#context, callback, this, []);
  }

  /** What it is, for traces and reports. */
  get label(): string {
    const name = this.#callback?.name ?? '';
    return name === '' ? 'setImmediate' : `setImmediate ${name}()`;
  }

  /** Undefined if it is due at once. */
  get dueMs(): number | undefined {
    return this.#handle instanceof LateImmediateHandle ? this.#handle.when : undefined;
  }

  /** Where it was made, if that was recorded. */
  get at(): string | undefined {
    return this.#table.siteOf(this);
  }

  get _onImmediate(): Callback | null {
    return this.#callback;
  }

  get _destroyed(): boolean {
    return this.#callback === null;
  }
}

class ImmediateHandle extends Handle {
  readonly timeout: Immediate;

  constructor(immediate: Immediate, context: unknown) {
    super(immediateLane, context);
    this.timeout = immediate;
  }

  run(loop: EventLoop): void {
    loop.currentLane = null;
    this.timeout.fire();
  }

  get label(): string {
    return this.timeout.label;
  }
}

/** That of a turn that lets time pass; see Turns. */
class LateImmediateHandle extends TimerHandle implements HostTimerHandle {
  readonly timeout: Immediate;

  constructor(immediate: Immediate, when: number, context: unknown) {
    super(when, timerPhase, context);
    this.timeout = immediate;
  }

  run(loop: EventLoop): void {
    loop.currentLane = null;
    this.timeout.fire();
  }

  get label(): string {
    return this.timeout.label;
  }
}
