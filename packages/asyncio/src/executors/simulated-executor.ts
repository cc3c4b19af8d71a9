import { checkFunction, checkLimit, RuntimeError, type CallOptions } from '@timeloom/loop';
import { Context } from '../context.ts';
import { coroutine, isAwaitable, type Coroutine } from '../coroutine.ts';
import type { AsyncioEventLoop } from '../event-loop.ts';
import type { Suspend } from '../future.ts';
import { showAsText } from '../repr.ts';
import { WaitQueue, type WaitPlace } from '../sync/wait-queue.ts';
import { ConcurrentFuture } from './concurrent-future.ts';
import { durationOf, type Executor, type JobOptions } from './executor.ts';

/** Options of a {@link SimulatedExecutor}; `workers` is `max_workers` of `concurrent.futures.ThreadPoolExecutor`. */
export interface SimulatedExecutorOptions {
  /** How many jobs run at a time; default 32, the most that Python takes for itself. */
  readonly workers?: number | undefined;
}

interface Job {
  readonly action: () => unknown;
  readonly future: ConcurrentFuture;
  readonly loop: AsyncioEventLoop;
  readonly durationMs: number;
}

/**
 * An executor without threads: when a worker is free it calls the job, at once, and makes the result
 * known when the job's duration has passed on the loop's clock. Jobs that find no free worker wait
 * in order; those can still be cancelled.
 *
 * Mirrors `concurrent.futures.ThreadPoolExecutor` on virtual time. (On a real clock it does not
 * bring parallelism to JavaScript: use a worker thread and `loop.external` for that.)
 */
export class SimulatedExecutor implements Executor, WaitPlace {
  readonly #workers: number;
  readonly #waiting: Job[] = [];
  readonly #idleWaiters = new WaitQueue(this);
  #running = 0;
  #isShutDown = false;

  /** @throws TypeError, RangeError if `workers` is not a positive whole number or Infinity. */
  constructor({ workers = 32 }: SimulatedExecutorOptions = {}) {
    checkLimit('workers', workers);
    this.#workers = workers;
  }

  /** As {@link Executor.submit}. @throws TypeError, RangeError for bad arguments. */
  submit<T>(action: () => T, loop: AsyncioEventLoop, options?: JobOptions): ConcurrentFuture<T> {
    checkFunction('submit()', action);
    if (this.#isShutDown) throw new RuntimeError('cannot schedule new futures after shutdown');
    const future = new ConcurrentFuture<T>();
    const task: Job = { action, future: future as ConcurrentFuture, loop, durationMs: durationOf(action, options) };
    if (this.#running < this.#workers) this.#start(task);
    else this.#waiting.push(task);
    return future;
  }

  /**
   * Takes no more jobs on. Those that run, or wait for a worker, are finished.
   *
   * @param options.cancelFutures true cancels those that wait; default false.
   */
  shutdown({ cancelFutures = false }: { readonly cancelFutures?: boolean | undefined } = {}): void {
    this.#isShutDown = true;
    if (cancelFutures) for (const { future } of this.#waiting.splice(0)) future.cancel();
  }

  waitUntilIdle(): Coroutine<void> {
    return SimulatedExecutor.#waitUntilIdle(this);
  }

  #start({ action, future, loop, durationMs }: Job): void {
    this.#running++;
    future.setRunningOrNotifyCancel();
    const complete = perform(action, future);
    const options: CallOptions = { label: `${action.name === '' ? 'job' : action.name}() completes in the executor` };
    const finish = (): void => {
      complete();
      this.#running--;
      this.#startNext();
    };
    if (durationMs > 0) loop.callLater(durationMs, finish, options);
    else loop.callSoon(finish, options);
  }

  #startNext(): void {
    while (this.#running < this.#workers) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (!next.future.cancelled()) this.#start(next);
    }
    if (this.#running === 0) this.#idleWaiters.wake(Infinity);
  }

  static readonly #waitUntilIdle = coroutine(function* waitUntilIdle(
    executor: SimulatedExecutor,
  ): Generator<Suspend, void, unknown> {
    while (executor.#running > 0) yield* executor.#idleWaiters.wait();
  });

  toString(): string {
    const state = this.#isShutDown ? ' shutdown' : '';
    return `<SimulatedExecutor running=${this.#running}/${this.#workers} waiting=${this.#waiting.length}${state}>`;
  }
}

showAsText(SimulatedExecutor.prototype);

/** Does the work, in an empty context as a thread's is; returns how to make its outcome known. */
function perform(action: () => unknown, future: ConcurrentFuture): () => void {
  try {
    const result = new Context().run(action);
    if (!isAwaitable(result)) return () => future.setResult(result);
    if (result instanceof Promise) result.catch(() => {});
    throw new TypeError('an executor runs synchronous functions: for a promise, use loop.external(promise)');
  } catch (error) {
    return () => future.setException(error);
  }
}
