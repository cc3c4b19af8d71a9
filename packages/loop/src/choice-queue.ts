import { HandleChoice } from './choice.ts';
import type { Clock } from './clock.ts';
import { cancellations, type Handle, type TimerHandle } from './handle.ts';
import { Lines } from './lines.ts';
import type { ChoiceOptions } from './options.ts';
import type { Ready } from './ready-queue.ts';
import type { Scheduler } from './scheduler.ts';

/** Turns of immediates that an operation is outrun by; code that polls in immediates would wait forever. */
const mostTurnsOutrun = 16;

/**
 * The ready handles of a loop with a Scheduler. Keeps the options of the next choice from one choice
 * to the next: the oldest handle of each lane, and every handle without a lane, in the order in which
 * they became ready, so that option 0 is FIFO. A choice costs the same however many are ready, but for
 * moving references within one array, and for `ties`, which compares them all.
 *
 * Operations are options as long as they are pending: a turn does not have to run them, so they are
 * carried over to the next. One that begins is no option yet while immediates run: see Lane.outrunsOperations.
 */
export class ChoiceQueue implements Ready {
  readonly #scheduler: Scheduler;
  readonly #reorder: ChoiceOptions['reorder'];
  readonly #runAheadMs: number;
  readonly #clock: Clock;
  /** What may run next, and in a second array the place of each in the order of readiness. */
  readonly #options: Handle[] = [];
  readonly #orders: number[] = [];
  /** True if there were many since there were none. */
  #wereMany = false;
  /** What stands behind options of its lane. */
  readonly #lines = new Lines();
  /** What became ready in this turn. */
  readonly #waiting: Handle[] = [];
  #operations = 0;
  /** Handles that outrun operations, ready or waiting, and for how many turns in a row there were some. */
  #immediates = 0;
  #turnsOfImmediates = 0;
  #order = 0;
  /** True until a handle of the batch has run. */
  #fresh = false;
  /** The option that was chosen and not taken yet; -1 if none. */
  #picked = -1;
  /** The next handle of the phase that has begun. */
  #inPhase: Handle | null = null;
  #cancellations = cancellations();
  /** Options that came since the last choice, if that is all that changed. */
  readonly #added: Handle[] = [];
  /** True if options also went otherwise than by running, or nobody was asked yet. */
  #othersWent = true;
  /** What the Scheduler is asked: good for one call, so one object will do. */
  readonly #point: HandleChoice;

  constructor(options: ChoiceOptions, clock: Clock, scheduler: Scheduler) {
    this.#reorder = options.reorder;
    this.#runAheadMs = options.runAheadMs;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#point = new HandleChoice(this.#options);
  }

  get turnIsOver(): boolean {
    if (this.#options.length === 0) return true;
    return !this.#fresh && this.#picked < 0 && this.#operations === this.#options.length;
  }

  get isEmpty(): boolean {
    return this.#options.length === 0 && this.#waiting.length === 0;
  }

  get onlyOperations(): boolean {
    if (this.isEmpty || this.#operations < this.#options.length) return false;
    for (const handle of this.#waiting) if (!handle.deferrable) return false;
    return true;
  }

  get batchSize(): number {
    return this.#options.length + this.#lines.size;
  }

  push(handle: Handle): void {
    if (handle.lane?.outrunsOperations === true) this.#immediates++;
    this.#waiting.push(handle);
  }

  beginBatch(): void {
    this.#fresh = true;
    this.#turnsOfImmediates = this.#immediates === 0 ? 0 : this.#turnsOfImmediates + 1;
    this.#admitWaiting();
  }

  /** What waits becomes part of the batch, but for operations that have only begun. */
  #admitWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    if (this.#immediates > 0 && this.#turnsOfImmediates <= mostTurnsOutrun) {
      this.#admitWhatOutruns(waiting);
      return;
    }
    for (let i = 0; i < waiting.length; i++) this.#admit(waiting[i]!, ++this.#order);
    shorten(waiting, 0);
  }

  #admitWhatOutruns(waiting: Handle[]): void {
    let staying = 0;
    for (const handle of waiting) {
      if (handle.deferrable) waiting[staying++] = handle;
      else this.#admit(handle, ++this.#order);
    }
    shorten(waiting, staying);
  }

  #admit(handle: Handle, order: number): void {
    const { lane } = handle;
    if (lane !== null && this.#lines.standsBehind(lane, handle, order)) return;
    if (handle.deferrable) this.#operations++;
    this.#insert(handle, order);
  }

  #insert(handle: Handle, order: number): void {
    if (!this.#othersWent) this.#added.push(handle);
    const { length } = this.#options;
    if (length > few) this.#wereMany = true;
    if (length > 0 && this.#orders[length - 1]! > order) {
      this.#insertAmong(handle, order);
      return;
    }
    this.#options.push(handle);
    this.#orders.push(order);
  }

  /** It comes before others, which became ready later. */
  #insertAmong(handle: Handle, order: number): void {
    let place = this.#options.length;
    while (place > 0 && this.#orders[place - 1]! > order) place--;
    this.#options.splice(place, 0, handle);
    this.#orders.splice(place, 0, order);
  }

  /** An option goes; the next of its lane, if any, is one now. Gives that. */
  #remove(option: number): Handle | null {
    const handle = this.#options[option]!;
    this.#takeOut(option);
    if (handle.deferrable) this.#operations--;
    if (handle.lane === null) return null;
    if (handle.lane.outrunsOperations === true) this.#immediates--;
    const next = this.#lines.next(handle.lane);
    if (next === undefined) return null;
    if (next.handle.deferrable) this.#operations++;
    this.#insert(next.handle, next.order);
    return next.handle;
  }

  #takeOut(option: number): void {
    const options = this.#options;
    const orders = this.#orders;
    const last = options.length - 1;
    if (last - option > few || (last === 0 && this.#wereMany)) {
      this.#spliceOut(option);
      return;
    }
    for (let i = option; i < last; i++) {
      options[i] = options[i + 1]!;
      orders[i] = orders[i + 1]!;
    }
    options.pop();
    orders.pop();
  }

  #spliceOut(option: number): void {
    this.#options.splice(option, 1);
    this.#orders.splice(option, 1);
    if (this.#options.length === 0) this.#wereMany = false;
  }

  next(): Handle {
    if (this.#picked < 0) this.#picked = this.#pick();
    return this.#options[this.#picked]!;
  }

  take(): void {
    const picked = this.#picked;
    this.#picked = -1;
    this.#fresh = false;
    const { lane } = this.#options[picked]!;
    const next = this.#remove(picked);
    this.#inPhase = lane?.isPhase === true ? next : null;
  }

  #pick(): number {
    if (this.#inPhase !== null) return this.#pickUnasked(this.#options.indexOf(this.#inPhase));
    if (this.#reorder === 'free') this.#admitWaiting();
    if (this.#cancellations !== cancellations()) this.#dropCancelled();
    // If all were cancelled one is left, so that there is something to take.
    if (this.#options.length === 1) return this.#pickUnasked(0);
    return this.#reorder === 'ties' ? this.#pickAmongTied() : this.#ask(this.#options);
  }

  /** Takes an option that the Scheduler does not hear of. */
  #pickUnasked(option: number): number {
    this.#othersWent = true;
    return option;
  }

  #ask(options: readonly Handle[]): number {
    const option = this.#scheduler.choose(
      this.#point.about(options, this.#clock.now(), this.#othersWent ? undefined : this.#added),
    );
    this.#othersWent = false;
    shorten(this.#added, 0);
    return option;
  }

  #pickAmongTied(): number {
    const first = this.#options[0]!;
    const { tie } = first;
    const tied = this.#options.filter((handle) => handle === first || (tie !== undefined && handle.tie === tie));
    if (tied.length < 2) return this.#pickUnasked(0);
    this.#othersWent = true;
    return this.#options.indexOf(tied[this.#ask(tied)]!);
  }

  /** Cancelled handles are no options. They are looked for only if some handle of the process was cancelled. */
  #dropCancelled(): void {
    this.#cancellations = cancellations();
    for (let option = this.#options.length - 1; option >= 0 && this.#options.length > 1; option--) {
      if (!this.#options[option]!.cancelled()) continue;
      this.#remove(option);
      this.#othersWent = true;
    }
  }

  letTimePass(timer: TimerHandle | undefined): boolean {
    if (timer === undefined || timer.when <= this.#clock.now()) return false;
    this.#admitWaiting();
    if (this.#cancellations !== cancellations()) this.#dropCancelled();
    const [oldest] = this.#options;
    if (oldest === undefined || oldest.cancelled()) return false;
    if (timer.when > oldest.readySince + this.#runAheadMs) return false;
    this.#othersWent = true;
    const option = this.#ask([...this.#options, timer]);
    this.#othersWent = true;
    if (option === this.#options.length) return true;
    this.#picked = option;
    return false;
  }

  clear(): void {
    shorten(this.#options, 0);
    shorten(this.#orders, 0);
    shorten(this.#waiting, 0);
    this.#lines.clear();
    this.#operations = 0;
    this.#immediates = 0;
    this.#picked = -1;
    this.#inPhase = null;
  }
}

/**
 * So few elements are moved and dropped one by one, which keeps the memory of the array: it is needed again at
 * once. That of many is let go by `splice` when the array is empty. Kept, it would be old for the garbage
 * collector, which has to be told of each reference that is moved within what is old.
 */
const few = 64;

function shorten(array: unknown[], length: number): void {
  if (array.length - length > few) array.splice(length);
  else while (array.length > length) array.pop();
}
