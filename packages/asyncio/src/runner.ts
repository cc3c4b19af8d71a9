import { RuntimeError, runningLoop } from '@timeloom/loop';
import type { Awaitable } from './awaitable.ts';
import { copyContext, type Context } from './context.ts';
import { Coroutine, expectCoroutine } from './coroutine.ts';
import type { AsyncioEventLoop, AsyncioOptions } from './event-loop.ts';
import { gather } from './gather.ts';
import { newEventLoop } from './policy.ts';

/** Options of {@link run} and {@link Runner}, as the arguments of `asyncio.Runner`, and those of the loop. */
export interface RunnerOptions extends AsyncioOptions {
  /** Makes the loop; default: {@link newEventLoop} with the other options. */
  readonly loopFactory?: (() => AsyncioEventLoop) | undefined;
}

/** What can be run as a program: a coroutine, or a function that is the body of one. */
export type Main<T> = Coroutine<T> | (() => Awaitable<T>);

/**
 * Runs several programs one after the other on one loop, and cleans up behind them. Mirrors
 * `asyncio.Runner`; use it with `await using`.
 */
export class Runner implements AsyncDisposable {
  readonly #options: RunnerOptions;
  #loop: AsyncioEventLoop | null = null;
  #context: Context | null = null;
  #closed = false;

  constructor(options: RunnerOptions = {}) {
    this.#options = options;
  }

  /** The loop, made when first asked for. @throws RuntimeError after {@link close}. */
  getLoop(): AsyncioEventLoop {
    if (this.#closed) throw new RuntimeError('Runner is closed');
    this.#loop ??= this.#options.loopFactory?.() ?? newEventLoop(this.#options);
    return this.#loop;
  }

  /**
   * Runs `main` as a task and gives its result.
   *
   * @param options.context where its variables are; default: the runner's own, the same for all that it runs.
   * @throws what `main` throws; TypeError if it is not a coroutine; RuntimeError inside of a running
   * loop or after {@link close}; DeadlockError, LivelockError, StepLimitError as the limits say.
   */
  async run<T>(main: Main<T>, options: { readonly context?: Context | undefined } = {}): Promise<T> {
    if (runningLoop() !== null) {
      throw new RuntimeError('Runner.run() cannot be called from a running event loop');
    }
    const loop = this.getLoop();
    const { context = (this.#context ??= copyContext()) } = options;
    return await loop.runUntilComplete(loop.createTask(expectCoroutine(main) as Coroutine<T>, { context }));
  }

  /** Cancels what is left, runs it to its end, and closes the loop. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const loop = this.#loop;
    if (loop === null) return;
    try {
      await cancelAllTasks(loop);
      await loop.runUntilComplete(loop.shutdownAsyncgens());
      await loop.runUntilComplete(loop.shutdownDefaultExecutor());
    } finally {
      loop.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function cancelAllTasks(loop: AsyncioEventLoop): Promise<void> {
  const tasks = loop.tasks.all();
  if (tasks.length === 0) return;
  for (const task of tasks) task.cancel();
  await loop.runUntilComplete(gather(tasks, { returnExceptions: true }));
  for (const task of tasks) {
    if (task.cancelled() || !task.peek().failed) continue;
    loop.callExceptionHandler({
      message: 'unhandled exception during asyncio.run() shutdown',
      exception: task.exception(),
      future: task,
    });
  }
}

/**
 * Runs a program on a loop of its own: makes the loop, runs `main`, cancels and finishes the tasks
 * that are left, closes the loop. Mirrors `asyncio.run`.
 *
 * @throws as {@link Runner.run}.
 */
export async function run<T>(main: Main<T>, options?: RunnerOptions): Promise<T> {
  if (runningLoop() !== null) {
    throw new RuntimeError('asyncio.run() cannot be called from a running event loop');
  }
  const coroutine = expectCoroutine(main) as Coroutine<T>;
  const runner = new Runner(options);
  let result: T;
  try {
    result = await runner.run(coroutine);
  } catch (error) {
    await closeQuietly(runner);
    throw error;
  }
  await runner.close();
  return result;
}

/** The error that ended the run matters more than what its cleanup meets. */
async function closeQuietly(runner: Runner): Promise<void> {
  try {
    await runner.close();
  } catch {
    // The loop is closed in any case; the caller gets the first error.
  }
}
