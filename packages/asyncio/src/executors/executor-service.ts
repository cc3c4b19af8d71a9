import { checkMs, RuntimeError, show } from '@timeloom/loop';
import { refuseCoroutines } from '../context-loop.ts';
import { coroutine, type Coroutine } from '../coroutine.ts';
import { TimeoutError } from '../errors.ts';
import type { AsyncioEventLoop } from '../event-loop.ts';
import type { Future, Suspend } from '../future.ts';
import { waitFor } from '../wait-for.ts';
import { wrapFuture } from './chain.ts';
import type { Executor, JobOptions } from './executor.ts';
import { SimulatedExecutor } from './simulated-executor.ts';

/** What a loop knows of executors. */
export class ExecutorService {
  readonly #loop: AsyncioEventLoop;
  #default: Executor | null = null;
  #isShutDown = false;

  constructor(loop: AsyncioEventLoop) {
    this.#loop = loop;
  }

  /** See AsyncioEventLoop.runInExecutor. */
  run<T>(executor: Executor | null, action: () => T, options?: JobOptions): Future<T> {
    this.#loop.checkOpen();
    if (this.#loop.getDebug()) refuseCoroutines('runInExecutor()', action);
    const chosen = executor ?? this.#defaultExecutor();
    return wrapFuture(chosen.submit(action, this.#loop, options), { loop: this.#loop });
  }

  #defaultExecutor(): Executor {
    if (this.#isShutDown) throw new RuntimeError('Executor shutdown has been called');
    return (this.#default ??= new SimulatedExecutor());
  }

  /** See AsyncioEventLoop.setDefaultExecutor. */
  setDefault(executor: Executor): void {
    if (typeof executor?.submit !== 'function') {
      throw new TypeError(`executor must be an Executor, with a submit method, got ${show(executor)}`);
    }
    this.#default = executor;
  }

  /** See AsyncioEventLoop.shutdownDefaultExecutor. */
  shutdown(timeoutMs: number | null): Coroutine<void> {
    if (timeoutMs !== null) checkMs('timeoutMs', timeoutMs);
    return ExecutorService.#shutdown(this, timeoutMs);
  }

  static readonly #shutdown = coroutine(function* shutdownDefaultExecutor(
    service: ExecutorService,
    timeoutMs: number | null,
  ): Generator<Suspend, void, unknown> {
    service.#isShutDown = true;
    const executor = service.#default;
    if (executor === null) return;
    executor.shutdown();
    try {
      yield* waitFor(executor.waitUntilIdle(), timeoutMs);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      service.#loop.callExceptionHandler({
        message: `The executor did not finish its jobs within ${timeoutMs} ms: ${String(executor)}`,
      });
    }
  });
}
