import type { AccessMode } from './access.ts';
import { checkFunction, checkMs } from './check.ts';
import { RuntimeError } from './errors.ts';
import { ExceptionReporter, type ExceptionHandler, type ExceptionReport } from './exceptions.ts';
import type { HostWork } from './external.ts';
import { CallbackHandle, CallbackTimer, type CallOptions, type Handle, type TimerHandle } from './handle.ts';
import type { Instrument } from './instrument.ts';
import { Kernel, runningKernel } from './kernel.ts';
import { Observers } from './observers.ts';
import { Operation } from './operation.ts';
import type { EventLoopOptions } from './options.ts';
import { createRandom } from './random.ts';

/** The loop whose step is running, microtasks included; null outside of steps. */
export function runningLoop(): EventLoop | null {
  return runningKernel() as EventLoop | null;
}

/** Schedules callbacks on a clock and runs them in a reproducible order. Mirrors asyncio's event loop. */
export class EventLoop extends Kernel {
  readonly seed: number | string;
  #random: (() => number) | null = null;
  readonly #exceptions = new ExceptionReporter(this);

  /** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
  constructor(options: EventLoopOptions = {}) {
    super(options);
    this.seed = options.seed ?? 0;
  }

  /** Numbers in [0, 1) that depend only on the seed. */
  get random(): () => number {
    return (this.#random ??= createRandom(this.seed));
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
    return this.externalWork.enter(() => this.callSoon(callback, options));
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

  /**
   * Calls `complete` as the completion of a simulated operation that begins now. A Scheduler decides
   * when: `runAheadMs` bounds how far time may pass meanwhile. Without one, in the next turn.
   *
   * @throws TypeError if it is not a function. @throws LoopClosedError after `close()`.
   */
  startOperation(complete: () => unknown, options?: CallOptions): Handle {
    checkFunction('startOperation()', complete);
    return this.schedule(new Operation(complete, options, this.context, this.time()));
  }

  /**
   * The clock stands still, and no deadlock is declared, until `promise` settles. The returned
   * promise settles the same way, in a step of this loop.
   */
  external<T>(promise: PromiseLike<T>, options?: CallOptions): PromiseLike<T> {
    return this.externalWork.track(promise, options);
  }

  /**
   * From now on a virtual clock stands still, and no deadlock is declared, while `work` is in flight;
   * what enters the loop between two steps is taken for the work's doing, and warned of no more.
   * Returns how to stop that. {@link statistics} does not count it.
   *
   * @throws LoopClosedError after `close()`.
   */
  holdWhile(work: HostWork): () => void {
    return this.externalWork.add(work);
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
    await this.runUntilStopped();
  }

  /**
   * Drops everything that is scheduled; afterwards nothing can be. Idempotent.
   *
   * @throws RuntimeError while the loop runs.
   */
  close(): void {
    if (this.isRunning()) throw new RuntimeError('Cannot close a running event loop');
    this.dropAll();
  }

  /** @throws RuntimeError, LoopClosedError if a run cannot begin now. */
  protected checkRunnable(): void {
    this.checkOpen();
    if (this.isRunning()) throw new RuntimeError('This event loop is already running');
    if (runningKernel() !== null) throw new RuntimeError('Cannot run the event loop while another loop is running');
  }

  // ---------------------------------------------------------------- state

  /** The clock's time, in milliseconds. */
  time(): number {
    return this.clock.now();
  }

  /** What the loop did so far and has to do. */
  statistics(): LoopStatistics {
    return {
      turns: this.turn,
      steps: this.counter.steps,
      pendingTimers: this.timers.size,
      external: this.externalWork.inFlight,
    };
  }

  /** What the running step does, as traces name it, microtasks included; null between steps. */
  currentLabel(): string | null {
    return this.currentHandle?.label ?? null;
  }

  /** Timers that will still fire, earliest first. */
  pendingTimers(): TimerHandle[] {
    return this.timers.pending();
  }

  /** Adds an observer, for what happens from now on. */
  observe(instrument: Instrument): void {
    this.observers = this.observers?.with(instrument) ?? new Observers([instrument]);
  }

  /** Tells the observers what the running step accesses; see {@link AccessMode}. */
  accessed(object: object, mode: AccessMode): void {
    this.observers?.accessed(object, mode);
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

  override reportCallbackError(handle: Handle, exception: unknown): void {
    this.#exceptions.report({ message: `Exception in callback ${handle.label}`, exception, handle });
  }

  override toString(): string {
    return `<${this.constructor.name} running=${this.isRunning()} closed=${this.closed} time=${this.time()}>`;
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
