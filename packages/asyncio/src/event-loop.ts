import {
  checkLimit,
  RuntimeError,
  type CallOptions,
  type EventLoopOptions,
  type Lane,
  type WaitNode,
} from '@timeloom/loop';
import { forgetTasksOf, runningTask, wentAdrift } from './attribution.ts';
import { ensureFutureOn, type Awaitable } from './awaitable.ts';
import { ContextLoop } from './context-loop.ts';
import { Coroutine } from './coroutine.ts';
import type { Executor, JobOptions } from './executors/executor.ts';
import { ExecutorService } from './executors/executor-service.ts';
import { Future } from './future.ts';
import { captureSite } from './site.ts';
import { Task, type TaskOptions } from './task.ts';
import { TaskList } from './task-list.ts';
import type { Awaiter } from './waiter.ts';

export interface AsyncioOptions extends EventLoopOptions {
  /**
   * For how many awaits the place in the source is recorded, so that a deadlock can name it; each
   * costs about 3 µs. Default 1,000 on a virtual clock, else 0.
   */
  readonly awaitSites?: number | undefined;
}

/** An EventLoop with futures and tasks. Mirrors `asyncio.AbstractEventLoop`. */
export class AsyncioEventLoop extends ContextLoop {
  /** Tells asyncio's loops from plain ones. */
  readonly isAsyncioLoop = true;
  /** The tasks that are not done. */
  readonly tasks: TaskList = new TaskList();
  readonly #executors: ExecutorService = new ExecutorService(this);
  #awaitSitesLeft: number;
  #unnamedTasks = 0;

  /** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
  constructor(options: AsyncioOptions = {}) {
    super(options);
    const { awaitSites = this.clock.virtual ? 1000 : 0 } = options;
    if (awaitSites !== 0) checkLimit('awaitSites', awaitSites);
    this.#awaitSitesLeft = awaitSites;
  }

  createFuture<T>(): Future<T> {
    this.checkOpen();
    return new Future<T>(this);
  }

  /** See {@link createTask}. */
  createTask<T>(body: Coroutine<T> | (() => Awaitable<T>), options?: TaskOptions): Task<T> {
    this.checkOpen();
    return new Task<T>(this, body as Coroutine<T>, options);
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
      future.removeDoneCallback(stopLoop);
    }
    if (!future.done()) throw new RuntimeError('Event loop stopped before Future completed.');
    return future.result();
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

  /** Finishes asynchronous generators. A step of `run`'s shutdown. */
  shutdownAsyncgens(): Coroutine<void> {
    return new Coroutine({ name: 'shutdownAsyncgens', site: null }, () => undefined);
  }

  // ---------------------------------------------------------------- executors

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
    super.close();
    forgetTasksOf(this);
  }

  // ---------------------------------------------------------------- for this package

  /** The task whose code is running; null in callbacks and outside of steps. */
  currentAwaiter(): Awaiter | null {
    return runningTask(this, taskOf(this.currentLane), this.handleOnStack);
  }

  override settle(): void {
    const task = taskOf(this.currentLane);
    super.settle();
    if (task !== null && task.suspension === null && !task.done()) wentAdrift(task);
  }

  /** The N of the next `Task-N`. */
  nextTaskNumber(): number {
    return ++this.#unnamedTasks;
  }

  /** Called while the code that awaits is on the stack: remembers where that is. */
  noteAwait(): void {
    if (this.#awaitSitesLeft === 0) return;
    const awaiter = this.currentAwaiter();
    if (awaiter === null) return;
    this.#awaitSitesLeft--;
    (awaiter as Task).awaitSite = captureSite(this.noteAwait);
  }

  protected override describeWaiting(): WaitNode[] {
    return this.tasks.all().map((task) => task.toWaitNode());
  }
}

function taskOf(lane: Lane | null): Task | null {
  return (lane as Partial<Awaiter> | null)?.isAwaiter === true ? (lane as Task) : null;
}
