import type { Kernel } from './kernel.ts';

/**
 * A line that handles stand in. Handles of one lane keep their order whatever a Scheduler chooses;
 * handles of different lanes may be reordered. A handle without a lane is a lane of its own.
 */
export interface Lane {
  /** Short name for traces and schedules, e.g. `Task-3`. */
  readonly label: string;
  /**
   * True for a phase of the host, e.g. its timers: those of its handles that are ready in one turn run
   * one after another, with nothing else between them. Default false.
   */
  readonly isPhase?: boolean | undefined;
  /**
   * True if its handles take no time, as the host's immediates: an operation that begins while there are
   * any completes no earlier than when they have run, and those that they made, for 16 turns at most.
   * Default false.
   */
  readonly outrunsOperations?: boolean | undefined;
  /**
   * For the Scheduler of the run: room for what it knows of the lane, so that it need not look that up at each
   * choice. Null until it is set; of those that have no room, undefined.
   */
  schedulerData?: object | null | undefined;
}

/** What `callSoon` and its kind accept. */
export interface CallOptions {
  /** Name of the step in traces and errors; default: the name of the callback. */
  readonly label?: string | undefined;
  /** Default: none, the handle may be reordered against all others. */
  readonly lane?: Lane | null | undefined;
}

let cancelledHandles = 0;

/** How many handles were cancelled so far, in all loops. */
export const cancellations = (): number => cancelledHandles;

/**
 * One scheduled callback. Features of higher layers subclass it and override {@link run}; the loop
 * is the only caller of `run`.
 */
export abstract class Handle {
  readonly lane: Lane | null;
  /**
   * What the handle inherits from the step that made it (asyncio keeps its context variables
   * here). The loop copies the reference and never looks inside.
   */
  context: unknown;
  /** Position in the order of scheduling; 0 until scheduled. Unique in a loop. */
  sequence = 0;
  /** Set by {@link cancel} only. Not `#cancelled`, so that an object of another make can be a handle. */
  isCancelled = false;
  /** As that of lanes, of a handle without one. */
  declare schedulerData?: object | null | undefined;

  constructor(lane: Lane | null, context: unknown) {
    this.lane = lane;
    this.context = context;
  }

  /** Runs the user's or the library's code. An exception goes to the loop's exception handler. */
  abstract run(loop: Kernel): void;

  /** Name of the step in traces, e.g. `Task-1 wakes`. */
  abstract get label(): string;

  /**
   * True if the next {@link run} neither calls user code nor causes microtasks. Such a handle needs no
   * macrotask of its own, so the next one runs right behind it.
   */
  get inline(): boolean {
    return false;
  }

  /**
   * Whose code the next {@link run} goes on with, if that is known: the lane, or for a handle without
   * one the lane that waits for it.
   */
  get resumes(): Lane | null {
    return this.lane;
  }

  /** True if a Scheduler may leave the handle ready while turns end and time passes; see Operation. */
  get deferrable(): boolean {
    return false;
  }

  /** The time at which a {@link deferrable} handle became ready, in milliseconds. */
  get readySince(): number {
    return -Infinity;
  }

  /** Handles with equal ties became ready at the same instant, in an order that the host does not promise. */
  get tie(): unknown {
    return undefined;
  }

  /** Prevents the handle from running. Idempotent; without effect once it has run. */
  cancel(): void {
    if (!this.isCancelled) cancelledHandles++;
    this.isCancelled = true;
  }

  /** True once {@link cancel} was called. */
  cancelled(): boolean {
    return this.isCancelled;
  }

  toString(): string {
    return `<${this.isCancelled ? 'Handle cancelled' : 'Handle'} ${this.label}>`;
  }
}

/** The handle of an ordinary function. */
export class CallbackHandle extends Handle {
  readonly #callback: () => unknown;
  readonly #label: string | undefined;

  constructor(callback: () => unknown, options: CallOptions | undefined, context: unknown) {
    super(options?.lane ?? null, context);
    this.#callback = callback;
    this.#label = options?.label;
  }

  run(loop: Kernel): void {
    runCallback(this, this.#callback, loop);
  }

  get label(): string {
    return this.#label ?? labelOf(this.#callback);
  }
}

/** A handle that becomes ready when the clock reaches its deadline. */
export abstract class TimerHandle extends Handle {
  /** The deadline on the loop's clock, in milliseconds. */
  readonly when: number;
  /** The queue that holds the timer, while it does. Set by TimerQueue only. */
  queue: { timerCancelled(timer: TimerHandle): void; backgroundChanged(timer: TimerHandle): void } | null = null;

  constructor(when: number, lane: Lane | null, context: unknown) {
    super(lane, context);
    this.when = when;
  }

  override get tie(): unknown {
    return this.when;
  }

  /**
   * True for a timer that keeps no run alive: once nothing else is left to do it never fires, and the
   * run is a deadlock. Whoever lets it change tells {@link queue}.
   */
  get background(): boolean {
    return false;
  }

  /**
   * Reads what {@link run} will read, of the timer and of what belongs to it, and changes nothing. Called some
   * time before the timer fires; see SortedTimers. The result has no meaning but that it depends on all
   * that was read.
   */
  readAhead(): number {
    return this.sequence;
  }

  override cancel(): void {
    if (!this.cancelled()) this.queue?.timerCancelled(this);
    super.cancel();
  }

  override toString(): string {
    return `<${this.cancelled() ? 'TimerHandle cancelled' : 'TimerHandle'} when=${this.when} ${this.label}>`;
  }
}

/** The timer of an ordinary function. */
export class CallbackTimer extends TimerHandle {
  readonly #callback: () => unknown;
  readonly #label: string | undefined;

  constructor(when: number, callback: () => unknown, options: CallOptions | undefined, context: unknown) {
    super(when, options?.lane ?? null, context);
    this.#callback = callback;
    this.#label = options?.label;
  }

  run(loop: Kernel): void {
    runCallback(this, this.#callback, loop);
  }

  get label(): string {
    return this.#label ?? labelOf(this.#callback);
  }
}

/** An async callback that fails is reported like one that throws. */
function runCallback(handle: Handle, callback: () => unknown, loop: Kernel): void {
  const result = callback();
  if (result instanceof Promise) {
    result.catch((error: unknown) => loop.reportCallbackError(handle, error));
  }
}

function labelOf(callback: { name: string }): string {
  return callback.name === '' ? 'callback()' : `${callback.name}()`;
}
