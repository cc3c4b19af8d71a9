/**
 * The loop. Three lines carry its promises, and each stands in one place only:
 *
 *  - time moves in `#advanceTime`, when nothing is ready;
 *  - order is chosen in `step`, among the handles of one batch;
 *  - user code runs in `#run`, one handle at a time, its microtasks to the end.
 *
 * A turn is CPython's `_run_once`: promote the timers that are due behind what is ready, take what
 * is ready now as the batch, run it. What becomes ready meanwhile waits for the next turn. The Pump
 * calls `step` in a macrotask of its own each time. Do not add features here: build on top.
 */
import { choiceOfDeadline } from './choice.ts';
import { ChoiceQueue } from './choice-queue.ts';
import { RealClock, type Clock } from './clock.ts';
import { DeadlockError, LoopClosedError, type WaitNode } from './errors.ts';
import { ExternalWork } from './external.ts';
import type { Handle, Lane, TimerHandle } from './handle.ts';
import { onHostEmpty } from './host-binding.ts';
import { StepCounter } from './limits.ts';
import { observersOf, type Observers } from './observers.ts';
import { checkChoiceOptions, type ChoiceOptions, type EventLoopOptions } from './options.ts';
import { hostPump, type Driven, type Pump } from './pump.ts';
import { ReadyQueue, type Ready } from './ready-queue.ts';
import type { ChoicePoint, Scheduler } from './scheduler.ts';
import { TimerQueue } from './timer-queue.ts';

/** How a run ends. */
type Run = { resolve(): void; reject(error: unknown): void };

let running: Kernel | null = null;

/** The kernel whose step is running, microtasks included; null outside of steps. */
export const runningKernel = (): Kernel | null => running;

/** The loop without its conveniences. EventLoop is the one subclass. */
export abstract class Kernel implements Driven {
  readonly clock: Clock;
  /** The lane of the running step; null if it has none. Read it, do not keep it. */
  currentLane: Lane | null = null;
  /** True while a handle's own code is on the stack, false in the microtasks that follow it. */
  handleOnStack = false;
  /** True if the host is to look for I/O before the next turn: for libraries whose turns are those of the host. */
  awaitsPoll = false;
  /** True if the host is to look for I/O between turns only: for the same libraries. */
  turnsAreWhole = false;
  /** What handles made now will inherit; see {@link Handle.context}. */
  context: unknown = undefined;
  protected readonly externalWork: ExternalWork;
  protected readonly timers: TimerQueue = new TimerQueue();
  protected readonly counter: StepCounter;
  protected closed = false;
  protected turn = 0;
  readonly #ready: Ready;
  protected observers: Observers | null;
  readonly #scheduler: Scheduler | null;
  readonly #choices: ChoiceOptions;
  readonly #pump: Pump;
  protected currentHandle: Handle | null = null;
  #currentRun: Run | null = null;
  #sequence = 0;
  #inTurn = false;
  #stopping = false;
  #stopWatchingHost: (() => void) | null = null;
  // Bound: V8 takes an arrow function in a field for old, and it would keep the loop until a full collection.
  readonly #wake: () => void = this.#wakeUp.bind(this);

  constructor(options: EventLoopOptions) {
    this.clock = options.clock ?? new RealClock();
    this.counter = new StepCounter(options, this.clock.virtual);
    this.externalWork = new ExternalWork(this, options.uncontrolled);
    this.observers = observersOf(options.instruments);
    this.#scheduler = options.scheduler ?? null;
    this.#choices = checkChoiceOptions(options);
    this.#ready = this.#scheduler === null ? new ReadyQueue() : new ChoiceQueue(this.#choices, this.clock, this);
    this.#pump = options.pump ?? hostPump;
  }

  // ---------------------------------------------------------------- the loop

  /** Runs one step; false if nothing can run now. Called by the Pump only. */
  step(): boolean {
    if (this.#currentRun === null) return false; // It was ended between two steps.
    try {
      for (;;) {
        while (this.#ready.turnIsOver) if (!this.#beginTurn()) return false;
        const handle = this.#ready.next(); // the only place order is chosen
        const cancelled = handle.cancelled();
        // Counted while it is still queued: a run that a limit ends has lost no step.
        if (!cancelled) this.counter.count(handle, this.clock.now(), this.turn);
        this.#ready.take();
        if (cancelled) continue;
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
    if (this.awaitsPoll && this.#pump.requestBehindPoll?.(this) === true) return false;
    if (!this.#stopping && this.#timeMayPass() && !this.#advanceTime()) return false;
    this.#inTurn = true;
    this.turn++;
    const now = this.clock.now();
    this.observers?.turnStarted(this.turn, now);
    if (!this.timers.isEmpty) this.timers.moveDue(now, this.#choices.resolutionMs, this.#ready);
    this.#ready.beginBatch();
    return !this.turnsAreWhole || this.#pump.reserve?.(this, this.#ready.batchSize) !== false;
  }

  /** Nothing is ready; or nothing but operations, which the host at work outruns, or the scheduler lets wait. */
  #timeMayPass(): boolean {
    if (this.#ready.isEmpty) return true;
    if (this.timers.isEmpty && this.externalWork.hasNoHost) return false;
    if (!this.#ready.onlyOperations) return false;
    if (this.externalWork.hostIsAtWork(this.#wake)) return true;
    return this.externalWork.inFlight === 0 && this.#ready.letTimePass(this.timers.first());
  }

  /** False if the loop has to wait for the host, or for another loop of its world. */
  #advanceTime(): boolean {
    const wait = this.clock.virtual && this.externalWork.holdsClock(this.#wake);
    const deadline = wait ? Infinity : this.#nextDeadline();
    const before = this.clock.now();
    const advance = wait ? 'waiting' : this.clock.advanceTo(deadline, this.#wake); // the only place time moves
    if (advance === 'never') throw new DeadlockError(this.describeWaiting(), before, this.timers.size);
    if (advance === 'waiting') return deadline === Infinity && this.#watchHost();
    const now = this.clock.now();
    if (now > before) {
      this.counter.instantChanged(this.turn + 1);
      this.observers?.timeAdvanced(before, now);
    }
    return true;
  }

  #watchHost(): false {
    const reject = (run: Run): void => run.reject(new DeadlockError(this.describeWaiting(), this.clock.now()));
    this.#stopWatchingHost ??= onHostEmpty(() => this.#endRun(reject));
    return false;
  }

  /** The earliest deadline, or a later one if the scheduler lets timers be late. */
  #nextDeadline(): number {
    const earliest = this.timers.nextDeadline(!this.#ready.isEmpty);
    if (this.#choices.latenessMs === 0 || this.#scheduler === null || earliest === Infinity) return earliest;
    const deadlines = this.timers.deadlinesUpTo(earliest + this.#choices.latenessMs);
    return deadlines.length < 2 ? earliest : deadlines[this.choose(choiceOfDeadline(deadlines, this.clock.now()))]!;
  }

  #run(handle: Handle): void {
    running = this;
    this.currentHandle = handle;
    this.currentLane = handle.lane;
    this.context = handle.context;
    this.observers?.stepStarted(handle, this.clock.now());
    this.handleOnStack = true;
    try {
      handle.run(this); // the only place user code runs
    } catch (error) {
      this.reportCallbackError(handle, error);
    }
    this.handleOnStack = false;
  }

  /** The microtasks of the last step are done. Called by the Pump only. */
  settle(): void {
    const handle = this.currentHandle;
    if (handle === null) return;
    this.currentHandle = null;
    this.currentLane = null;
    this.context = undefined;
    running = null;
    this.observers?.stepEnded(handle, this.clock.now());
  }

  // ---------------------------------------------------------------- scheduling

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
    this.timers.push(timer);
    this.#scheduled(timer);
    return timer;
  }

  #admit(handle: Handle): void {
    this.checkOpen();
    if (this.currentHandle === null && this.#currentRun !== null) this.#checkEntry(handle.label);
    handle.sequence = ++this.#sequence;
  }

  #scheduled(handle: Handle): void {
    this.observers?.scheduled(handle);
    if (this.currentHandle === null && this.#currentRun !== null) this.#wake();
  }

  /** Something enters a running loop between two steps: allowed, warned of, or the end of the run. */
  #checkEntry(label: string): void {
    const error = this.externalWork.checkEntry(label);
    if (error === null) return;
    this.#endRun((run) => run.reject(error));
    throw error;
  }

  /** Asks the Scheduler; 0 without one. @throws RangeError if its answer is not an option. */
  choose(point: ChoicePoint): number {
    const option = this.#scheduler?.choose(point) ?? 0;
    if (!Number.isInteger(option) || option < 0 || option >= point.size) {
      throw new RangeError(`Scheduler.choose must return 0 to ${point.size - 1}, got ${option}`);
    }
    this.observers?.chosen(point, option);
    return option;
  }

  // ---------------------------------------------------------------- running

  /** Runs until {@link stop}. */
  protected runUntilStopped(): Promise<void> {
    this.counter.runStarted(this.turn + 1);
    this.clock.enter?.();
    return new Promise<void>((resolve, reject) => {
      this.#currentRun = { resolve, reject };
      this.#pump.request(this);
    });
  }

  isRunning(): boolean {
    return this.#currentRun !== null;
  }

  isClosed(): boolean {
    return this.closed;
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
    this.#stopping = this.#inTurn = false;
    this.#forgetWaiting();
    this.clock.leave?.();
    settle(run);
  }

  #wakeUp(): void {
    if (this.#currentRun === null) return;
    this.#forgetWaiting();
    this.#pump.request(this);
  }

  #forgetWaiting(): void {
    this.clock.stopWaiting();
    this.#stopWatchingHost?.();
    this.#stopWatchingHost = null;
  }

  /** @throws LoopClosedError after `close()`. */
  checkOpen(): void {
    if (this.closed) throw new LoopClosedError();
  }

  protected dropAll(): void {
    this.closed = true;
    this.#ready.clear();
    this.timers.clear();
  }

  // ---------------------------------------------------------------- what layers above add

  /** Everything unfinished, for a {@link DeadlockError}. Layers that know tasks override it. */
  protected describeWaiting(): WaitNode[] {
    return [];
  }

  /** A handle's callback threw, or the promise it returned was rejected. */
  abstract reportCallbackError(handle: Handle, exception: unknown): void;
}
