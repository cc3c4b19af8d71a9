import {
  checkLimit,
  checkMs,
  RuntimeError,
  show,
  type CallOptions,
  type EventLoopOptions,
  type Handle,
  type Lane,
  type WaitNode,
} from '@timeloom/loop';
import { AsyncGenerators } from './async-generators.ts';
import { forgetTasksOf, loopStarts, loopStopped, runningTask, trackTasks, wentAdrift } from './attribution.ts';
import { ensureFutureOn, type Awaitable } from './awaitable.ts';
import { ContextLoop } from './context-loop.ts';
import { expectCoroutine, type Coroutine } from './coroutine.ts';
import type { TaskFactory } from './eager.ts';
import type { Executor, JobOptions } from './executors/executor.ts';
import { ExecutorService } from './executors/executor-service.ts';
import { Future } from './future.ts';
import { PlacedList } from './placed-list.ts';
import { Reports } from './reports.ts';
import { captureSite } from './site.ts';
import { SlowSteps, type SlowStepHandler } from './slow-steps.ts';
import { Task } from './task.ts';
import type { TaskOptions } from './task-options.ts';
import type { Awaiter } from './waiter.ts';

/** Options of an {@link AsyncioEventLoop}: those of the loop, and asyncio's own. */
export interface AsyncioOptions extends EventLoopOptions {
  /**
   * For how many awaits the place in the source is recorded, so that a deadlock can name it; each
   * costs about 5 µs. With Infinity those of sleeps are, too. Default 1,000 on a virtual clock, else 0.
   */
  readonly awaitSites?: number | undefined;
  /** See ContextLoop.setDebug; default false. */
  readonly debug?: boolean | undefined;
  /** From how many milliseconds on a step counts as slow in debug mode; default 100. */
  readonly slowStepMs?: number | undefined;
}

/** An EventLoop with futures and tasks. Mirrors `asyncio.AbstractEventLoop`. */
export class AsyncioEventLoop extends ContextLoop {
  /** Tells asyncio's loops from plain ones. */
  readonly isAsyncioLoop = true;
  /** The tasks that are not done, in order of creation. */
  readonly tasks: PlacedList<Task> = new PlacedList<Task>();
  /** What nobody heard of, reported when the loop is closed. */
  readonly reports: Reports = new Reports(this);
  /** From how many milliseconds on a step counts as slow in debug mode. */
  slowStepMs: number;
  // Made when they are needed: a search makes many loops.
  #slowStepsIfAny: SlowSteps | null = null;
  #slowStepsAreWatched = false;
  #executorsIfAny: ExecutorService | null = null;
  #asyncGeneratorsIfAny: AsyncGenerators | null = null;
  #taskFactory: TaskFactory | null = null;
  readonly #hasScheduler: boolean;
  #awaitSitesLeft: number;
  #unnamedTasks = 0;

  /** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
  constructor(options: AsyncioOptions = {}) {
    super(options);
    this.#hasScheduler = (options.scheduler ?? null) !== null;
    const { awaitSites = this.clock.virtual ? 1000 : 0 } = options;
    if (awaitSites !== 0) checkLimit('awaitSites', awaitSites);
    this.#awaitSitesLeft = awaitSites;
    const { debug = false, slowStepMs = 100 } = options;
    checkMs('slowStepMs', slowStepMs);
    this.slowStepMs = slowStepMs;
    if (debug) this.setDebug(true);
  }

  createFuture<T>(): Future<T> {
    this.checkOpen();
    return new Future<T>(this);
  }

  /** See {@link createTask}. */
  createTask<T>(body: Coroutine<T> | (() => Awaitable<T>), options?: TaskOptions): Task<T> {
    this.checkOpen();
    if (this.#taskFactory === null) return new Task<T>(this, body as Coroutine<T>, options);
    const task: unknown = this.#taskFactory(this, expectCoroutine(body), options);
    if (task instanceof Task) return task as Task<T>;
    throw new TypeError(`a task factory must return a Task, got ${show(task)}`);
  }

  /** What makes the tasks of this loop; null for the default. */
  getTaskFactory(): TaskFactory | null {
    return this.#taskFactory;
  }

  /**
   * Replaces what makes the tasks of this loop, e.g. by {@link eagerTaskFactory}; null restores the default.
   *
   * @throws TypeError if it is neither a function nor null.
   */
  setTaskFactory(factory: TaskFactory | null): void {
    if (factory !== null && typeof factory !== 'function') {
      throw new TypeError(`task factory must be a callable or null, got ${show(factory)}`);
    }
    // Tasks may now begin in the steps of others, where only the storage can tell them apart.
    if (factory !== null) trackTasks();
    this.#taskFactory = factory;
  }

  /**
   * Runs until `main` is done and gives its result. What else is ready by then has one more turn.
   *
   * @throws what `main` throws; see EventLoop.runUntilComplete for what the loop throws; TypeError
   * if `main` is not an awaitable.
   */
  override async runUntilComplete<T>(main: Awaitable<T> | (() => T | PromiseLike<T>)): Promise<T> {
    this.checkRunnable();
    const future = ensureFutureOn(this, main as Awaitable<T>);
    const stopLoop = (): void => this.stop();
    future.addInlineCallback(stopLoop);
    try {
      await this.runForever();
    } catch (error) {
      future.retrieve();
      throw error;
    } finally {
      loopStopped(this);
      future.removeDoneCallback(stopLoop);
    }
    if (!future.done()) throw new RuntimeError('Event loop stopped before Future completed.');
    return future.result();
  }

  protected override runUntilStopped(): Promise<void> {
    loopStarts(this);
    return super.runUntilStopped();
  }

  /** As in EventLoop, as a Future: a task that awaits it can be cancelled. */
  override external<T>(promise: PromiseLike<T>, options?: CallOptions): Future<T> {
    const future = this.createFuture<T>();
    super.external(promise, options).then(
      (value) => future.done() || future.setResult(value),
      (error: unknown) => future.done() || future.setException(error),
    );
    return future;
  }

  /** The async generators that have begun on this loop, of those that it knows; see {@link asyncGenerator}. */
  get asyncGenerators(): AsyncGenerators {
    return (this.#asyncGeneratorsIfAny ??= new AsyncGenerators(this));
  }

  /** Closes the async generators that have begun and not ended; see {@link asyncGenerator}. A step of `run`'s shutdown. */
  shutdownAsyncgens(): Coroutine<void> {
    return this.asyncGenerators.shutdown();
  }

  // ---------------------------------------------------------------- executors

  get #executors(): ExecutorService {
    return (this.#executorsIfAny ??= new ExecutorService(this));
  }

  /**
   * Runs a function in an executor; the Future has its result two turns after it is done.
   *
   * @param executor null for the default one, a SimulatedExecutor with 32 workers.
   * @param options.durationMs how much of the loop's time the function takes.
   * @throws RuntimeError after the shutdown of the executor; LoopClosedError after `close()`;
   * TypeError if `action` is not a function.
   */
  runInExecutor<T>(executor: Executor | null, action: () => T, options?: JobOptions): Future<T> {
    return this.#executors.run(executor, action, options);
  }

  /** @throws TypeError if it is not an Executor. */
  setDefaultExecutor(executor: Executor): void {
    this.#executors.setDefault(executor);
  }

  /**
   * Lets the default executor take no more jobs on, and waits for those it has. A step of `run`'s shutdown.
   *
   * @param timeoutMs how long it waits at most; default null, no limit.
   */
  shutdownDefaultExecutor(timeoutMs: number | null = null): Coroutine<void> {
    return this.#executors.shutdown(timeoutMs);
  }

  override close(): void {
    const wasOpen = !this.isClosed();
    super.close();
    forgetTasksOf(this);
    if (wasOpen) this.reports.closed();
  }

  // ---------------------------------------------------------------- debugging

  get #slowSteps(): SlowSteps {
    return (this.#slowStepsIfAny ??= new SlowSteps(this));
  }

  /**
   * Checks more, at some cost: what is passed as a callback, coroutines that are never awaited (which
   * a virtual clock brings anyway), and steps of {@link slowStepMs} or more.
   */
  override setDebug(enabled: boolean): void {
    super.setDebug(enabled);
    if (!this.getDebug() || this.#slowStepsAreWatched) return;
    this.#slowStepsAreWatched = true;
    this.observe(this.#slowSteps);
  }

  /** What hears of slow steps in debug mode; null for the default, which reports them to the exception handler. */
  setSlowStepHandler(handler: SlowStepHandler | null): void {
    this.#slowSteps.setHandler(handler);
  }

  // ---------------------------------------------------------------- for this package

  /** The task whose code is running; null in callbacks and outside of steps. */
  currentAwaiter(): Awaiter | null {
    return runningTask(this, taskOf(this.currentLane), this.handleOnStack);
  }

  /** The handle whose step is running; null between steps. */
  get runningHandle(): Handle | null {
    return this.currentHandle;
  }

  override settle(): void {
    const task = taskOf(this.currentLane);
    super.settle();
    if (task !== null && !task.isSuspended && !task.done()) wentAdrift(task);
  }

  /** True if coroutines that are created now must be awaited before the loop is closed. */
  get tracksCoroutines(): boolean {
    return this.clock.virtual || this.getDebug();
  }

  /** True if nobody but the loop sees its steps, so that what has run may be used for another. */
  get stepsAreUnseen(): boolean {
    return this.observers === null && !this.#hasScheduler;
  }

  /** The N of the next `Task-N`. */
  nextTaskNumber(): number {
    return ++this.#unnamedTasks;
  }

  /** True if sleeps are to be noted as well, which are no part of a deadlock. */
  get notesEveryAwait(): boolean {
    return this.#awaitSitesLeft === Infinity;
  }

  /** Called while the code that awaits is on the stack: remembers where that is. */
  noteAwait(): void {
    if (this.#awaitSitesLeft === 0) return;
    const awaiter = this.currentAwaiter();
    if (awaiter === null) return;
    this.#awaitSitesLeft--;
    const task = awaiter as Task;
    task.awaitSite = captureSite(this.noteAwait, task.awaitSite);
  }

  protected override describeWaiting(): WaitNode[] {
    return this.tasks.all().map((task) => task.toWaitNode());
  }
}

function taskOf(lane: Lane | null): Task | null {
  return (lane as Partial<Awaiter> | null)?.isAwaiter === true ? (lane as Task) : null;
}
