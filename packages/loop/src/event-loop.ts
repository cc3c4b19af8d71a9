/**
 * The loop. Three lines carry its promises, and each stands in one place only:
 *
 *  - time moves in `#advanceTime`, when nothing is ready;
 *  - order is chosen in `#choose`, among the handles of one batch;
 *  - user code runs in `#run`, one handle at a time, its microtasks to the end.
 *
 * A turn is CPython's `_run_once`: promote the timers that are due behind what is ready, take what
 * is ready now as the batch, run it. What becomes ready meanwhile waits for the next turn. The Pump
 * calls `step` in a macrotask of its own each time. Do not add features here: build on top.
 */
import { checkFunction, checkMs } from './check.ts';
import { HandleChoice, selectable } from './choice.ts';
import { RealClock, type Clock } from './clock.ts';
import { DeadlockError, LoopClosedError, RuntimeError, type WaitNode } from './errors.ts';
import { ExceptionReporter, type ExceptionHandler, type ExceptionReport } from './exceptions.ts';
import { ExternalWork, type UncontrolledPolicy } from './external.ts';
import { CallbackHandle, CallbackTimer } from './handle.ts';
import type { CallOptions, Handle, Lane, TimerHandle } from './handle.ts';
import { onHostEmpty } from './host-binding.ts';
import type { Instrument } from './instrument.ts';
import { StepCounter, type LimitOptions } from './limits.ts';
import { hostPump, type Driven, type Pump } from './pump.ts';
import { createRandom } from './random.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { ChoicePoint, Scheduler } from './scheduler.ts';
import { TimerQueue } from './timer-queue.ts';

export interface EventLoopOptions extends LimitOptions {
  /** What tells the time; default: a new RealClock. */
  readonly clock?: Clock | undefined;
  /** What picks among ready handles; default: first in, first out. */
  readonly scheduler?: Scheduler | undefined;
  readonly instruments?: readonly Instrument[] | undefined;
  /** Seed of {@link EventLoop.random}; default 0. */
  readonly seed?: number | string | undefined;
  /** Timers closer together than this run in one turn, in milliseconds; default 1e-6 (1 ns). */
  readonly resolutionMs?: number | undefined;
  /** What a callback from a source that nobody marked does; default `warn` on a virtual clock, else `allow`. */
  readonly uncontrolled?: UncontrolledPolicy | undefined;
  readonly pump?: Pump | undefined;
}

/** The state of one `runForever`. */
interface Run {
  resolve(): void;
  reject(error: unknown): void;
}

let running: EventLoop | null = null;

/** The loop whose step is running, microtasks included; null outside of steps. */
export function runningLoop(): EventLoop | null {
  return running;
}

/** Schedules callbacks on a clock and runs them in a reproducible order. */
export class EventLoop implements Driven {
  readonly clock: Clock;
  readonly seed: number | string;
  /** Numbers in [0, 1) that depend only on the seed. */
  readonly random: () => number;
  /** The lane of the running step; null if it has none. Read it, do not keep it. */
  currentLane: Lane | null = null;
  /** What handles made now will inherit; see {@link Handle.context}. */
  context: unknown = undefined;
  readonly #ready = new ReadyQueue();
  readonly #timers = new TimerQueue();
  readonly #counter: StepCounter;
  readonly #exceptions = new ExceptionReporter(this);
  readonly #external: ExternalWork;
  readonly #instruments: readonly Instrument[];
  readonly #scheduler: Scheduler | null;
  readonly #resolution: number;
  readonly #pump: Pump;
  #currentHandle: Handle | null = null;
  #sequence = 0;
  #turn = 0;
  #inTurn = false;
  #stopping = false;
  #closed = false;
  #currentRun: Run | null = null;
  #stopWatchingHost: (() => void) | null = null;

  /** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
  constructor(options: EventLoopOptions = {}) {
    const { resolutionMs = 1e-6 } = options;
    checkMs('resolutionMs', resolutionMs);
    this.clock = options.clock ?? new RealClock();
    this.seed = options.seed ?? 0;
    this.random = createRandom(this.seed);
    this.#counter = new StepCounter(options, this.clock.virtual);
    this.#external = new ExternalWork(this, options.uncontrolled);
    this.#instruments = options.instruments ?? [];
    this.#scheduler = options.scheduler ?? null;
    this.#resolution = resolutionMs;
    this.#pump = options.pump ?? hostPump;
  }

  // ---------------------------------------------------------------- the loop

  /** Runs one step; false if nothing can run now. Called by the Pump only. */
  step(): boolean {
    try {
      for (;;) {
        while (this.#ready.batchSize === 0) if (!this.#beginTurn()) return false;
        const position = this.#choose(); // the only place order is chosen
        // Counted while it is still queued: a run that a limit ends has lost no step.
        this.#counter.count(this.#ready.peek(position), this.clock.now());
        const handle = this.#ready.take(position);
        if (handle.cancelled()) continue;
        const { inline } = handle;
        this.#run(handle);
        if (!inline) return true;
        this.settle();
      }
    } catch (error) {
      this.#endRun((run) => run.reject(error));
      return false;
    }
  }

  #beginTurn(): boolean {
    if (this.#inTurn && this.#stopping) {
      this.#endRun((run) => run.resolve());
      return false;
    }
    this.#inTurn = false;
    if (this.#ready.isEmpty && !this.#stopping && !this.#advanceTime()) return false;
    this.#inTurn = true;
    this.#turn++;
    const now = this.clock.now();
    for (const instrument of this.#instruments) instrument.turnStarted?.(this.#turn, now);
    for (let due; (due = this.#timers.popDue(now, this.#resolution)) !== undefined;) this.#ready.push(due);
    this.#ready.beginBatch();
    return true;
  }

  /** False if the loop has to wait for the host, or for another loop of its world. */
  #advanceTime(): boolean {
    const deadline = this.#timers.nextDeadline();
    const before = this.clock.now();
    const wait = this.clock.virtual && this.#external.inFlight > 0;
    const advance = wait ? 'waiting' : this.clock.advanceTo(deadline, this.#wake); // the only place time moves
    if (advance === 'never') throw new DeadlockError(this.describeWaiting(), before);
    if (advance === 'waiting') {
      if (wait || deadline === Infinity) this.#stopWatchingHost ??= onHostEmpty(this.#hostEmpty);
      return false;
    }
    const now = this.clock.now();
    if (now > before) {
      this.#counter.instantChanged();
      for (const instrument of this.#instruments) instrument.timeAdvanced?.(before, now);
    }
    return true;
  }

  #choose(): number {
    if (this.#scheduler === null || this.#ready.batchSize === 1) return 0;
    const positions = selectable(this.#ready);
    if (positions.length < 2) return positions[0] ?? 0;
    const handles = positions.map((position) => this.#ready.peek(position));
    return positions[this.choose(new HandleChoice(handles, this.clock.now()))]!;
  }

  #run(handle: Handle): void {
    running = this;
    this.#currentHandle = handle;
    this.currentLane = handle.lane;
    this.context = handle.context;
    for (const instrument of this.#instruments) instrument.stepStarted?.(handle, this.clock.now());
    try {
      handle.run(this); // the only place user code runs
    } catch (error) {
      this.reportCallbackError(handle, error);
    }
  }

  /** The microtasks of the last step are done. Called by the Pump only. */
  settle(): void {
    const handle = this.#currentHandle;
    if (handle === null) return;
    this.#currentHandle = null;
    this.currentLane = null;
    this.context = undefined;
    running = null;
    for (const instrument of this.#instruments) instrument.stepEnded?.(handle, this.clock.now());
  }

  // ---------------------------------------------------------------- scheduling

  /**
   * Runs `callback` in the next turn, after everything that is ready already.
   *
   * @throws TypeError if it is not a function. @throws LoopClosedError after `close()`.
   */
  callSoon(callback: () => unknown, options?: CallOptions): Handle {
    checkFunction('callSoon()', callback);
    return this.schedule(new CallbackHandle(callback, options, this.context));
  }

  /** `callSoon` for code outside of the loop's steps, e.g. a listener of a real socket. */
  callSoonThreadsafe(callback: () => unknown, options?: CallOptions): Handle {
    return this.#external.enter(() => this.callSoon(callback, options));
  }

  /**
   * Runs `callback` after `delayMs` milliseconds; at the next turn if that is not positive.
   *
   * @throws TypeError, RangeError if `delayMs` is not a finite number. @throws LoopClosedError after `close()`.
   */
  callLater(delayMs: number, callback: () => unknown, options?: CallOptions): TimerHandle {
    checkMs('delayMs', delayMs);
    return this.callAt(this.time() + delayMs, callback, options);
  }

  /** Runs `callback` when {@link time} reaches `whenMs`. Throws as {@link callLater} does. */
  callAt(whenMs: number, callback: () => unknown, options?: CallOptions): TimerHandle {
    checkMs('whenMs', whenMs);
    checkFunction('callAt()', callback);
    return this.scheduleTimer(new CallbackTimer(whenMs, callback, options, this.context));
  }

  /** Makes a handle ready for the next turn. For libraries that bring handles of their own. */
  schedule<H extends Handle>(handle: H): H {
    this.#admit(handle);
    this.#ready.push(handle);
    this.#scheduled(handle);
    return handle;
  }

  /** Puts a timer on the clock. For libraries that bring timers of their own. */
  scheduleTimer<T extends TimerHandle>(timer: T): T {
    this.#admit(timer);
    this.#timers.push(timer);
    this.#scheduled(timer);
    return timer;
  }

  #admit(handle: Handle): void {
    this.checkOpen();
    if (this.#currentHandle === null && this.#currentRun !== null) this.checkEntry(handle);
    handle.sequence = ++this.#sequence;
  }

  /** `what` enters a running loop between two steps: allowed, warned of, or the end of the run. */
  checkEntry(what: { readonly label: string }): void {
    const error = this.#external.checkEntry(what.label);
    if (error === null) return;
    this.#endRun((run) => run.reject(error));
    throw error;
  }

  #scheduled(handle: Handle): void {
    for (const instrument of this.#instruments) instrument.scheduled?.(handle);
    if (this.#currentHandle === null && this.#currentRun !== null) this.#wake();
  }

  /**
   * The clock stands still, and no deadlock is declared, until `promise` settles. The returned
   * promise settles the same way, in a step of this loop.
   */
  external<T>(promise: PromiseLike<T>, options?: CallOptions): PromiseLike<T> {
    return this.#external.track(promise, options);
  }

  /** Asks the Scheduler; 0 without one. @throws RangeError if its answer is not an option. */
  choose(point: ChoicePoint): number {
    const option = this.#scheduler?.choose(point) ?? 0;
    if (!Number.isInteger(option) || option < 0 || option >= point.size) {
      throw new RangeError(`Scheduler.choose must return 0 to ${point.size - 1}, got ${option}`);
    }
    for (const instrument of this.#instruments) instrument.chosen?.(point, option);
    return option;
  }

  // ---------------------------------------------------------------- running

  /**
   * Calls `main` in a step and runs until what it returns has settled; gives its result.
   *
   * @throws DeadlockError, LivelockError, StepLimitError as the limits say; RuntimeError if the loop
   * runs already, or is stopped before the end; LoopClosedError after `close()`.
   */
  async runUntilComplete<T>(main: () => T | PromiseLike<T>): Promise<T> {
    this.checkRunnable();
    checkFunction('runUntilComplete()', main);
    let outcome: (() => T) | undefined;
    const settle = (result: () => T) => {
      outcome = result;
      this.stop();
    };
    const fail = (error: unknown) =>
      settle(() => {
        throw error;
      });
    this.callSoon(() => void new Promise<T>((resolve) => resolve(main())).then((value) => settle(() => value), fail), {
      label: 'main',
    });
    await this.runForever();
    if (outcome === undefined) throw new RuntimeError('Event loop stopped before Future completed.');
    return outcome();
  }

  /** Runs until {@link stop}. Throws as {@link runUntilComplete} does. */
  async runForever(): Promise<void> {
    this.checkRunnable();
    this.#counter.runStarted();
    this.clock.enter?.();
    await new Promise<void>((resolve, reject) => {
      this.#currentRun = { resolve, reject };
      this.#pump.request(this);
    });
  }

  /** Ends the run after the current turn. Called before a run, lets it do one turn. */
  stop(): void {
    this.#stopping = true;
    this.#wake();
  }

  #endRun(settle: (run: Run) => void): void {
    const run = this.#currentRun!;
    this.settle();
    this.#currentRun = null;
    this.#stopping = false;
    this.#inTurn = false;
    this.#forgetWaiting();
    this.clock.leave?.();
    settle(run);
  }

  readonly #wake = (): void => {
    this.#forgetWaiting();
    if (this.#currentRun !== null) this.#pump.request(this);
  };

  #forgetWaiting(): void {
    this.clock.stopWaiting();
    this.#stopWatchingHost?.();
    this.#stopWatchingHost = null;
  }

  readonly #hostEmpty = (): void => {
    if (this.#currentRun === null) return;
    this.#endRun((run) => run.reject(new DeadlockError(this.describeWaiting(), this.time())));
  };

  /**
   * Drops everything that is scheduled; afterwards nothing can be. Idempotent.
   *
   * @throws RuntimeError while the loop runs.
   */
  close(): void {
    if (this.isRunning()) throw new RuntimeError('Cannot close a running event loop');
    this.#closed = true;
    this.#ready.clear();
    this.#timers.clear();
  }

  checkOpen(): void {
    if (this.#closed) throw new LoopClosedError();
  }

  /** @throws RuntimeError, LoopClosedError if a run cannot begin now. */
  protected checkRunnable(): void {
    this.checkOpen();
    if (this.isRunning()) throw new RuntimeError('This event loop is already running');
    if (running !== null) throw new RuntimeError('Cannot run the event loop while another loop is running');
  }

  // ---------------------------------------------------------------- state

  /** The clock's time, in milliseconds. */
  time(): number {
    return this.clock.now();
  }

  isRunning(): boolean {
    return this.#currentRun !== null;
  }

  isClosed(): boolean {
    return this.#closed;
  }

  /** What the loop did so far and has to do. */
  statistics(): LoopStatistics {
    return {
      turns: this.#turn,
      steps: this.#counter.steps,
      pendingTimers: this.#timers.size,
      external: this.#external.inFlight,
    };
  }

  /** Timers that will still fire, earliest first. */
  pendingTimers(): TimerHandle[] {
    return this.#timers.pending();
  }

  /** Everything unfinished, for a {@link DeadlockError}. Layers that know tasks override it. */
  protected describeWaiting(): WaitNode[] {
    return [];
  }

  // ---------------------------------------------------------------- exceptions

  /** Replaces what {@link callExceptionHandler} calls; null restores the default, which logs. */
  setExceptionHandler(handler: ExceptionHandler | null): void {
    this.#exceptions.setHandler(handler);
  }

  getExceptionHandler(): ExceptionHandler | null {
    return this.#exceptions.handler;
  }

  /** Reports what nobody handles. Never throws. */
  callExceptionHandler(report: ExceptionReport): void {
    this.#exceptions.report(report);
  }

  /** A handle's callback threw, or the promise it returned was rejected. */
  reportCallbackError(handle: Handle, exception: unknown): void {
    this.#exceptions.report({ message: `Exception in callback ${handle.label}`, exception, handle });
  }

  toString(): string {
    return `<${this.constructor.name} running=${this.isRunning()} closed=${this.#closed} time=${this.time()}>`;
  }
}

/** See {@link EventLoop.statistics}. */
export interface LoopStatistics {
  /** Turns begun. */
  readonly turns: number;
  /** Steps run. */
  readonly steps: number;
  /** Timers that will still fire. */
  readonly pendingTimers: number;
  /** External work in flight. */
  readonly external: number;
}
