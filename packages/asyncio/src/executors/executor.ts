import { checkFunction, checkMs } from '@timeloom/loop';
import { copyContext } from '../context.ts';
import { coroutine, type Coroutine } from '../coroutine.ts';
import { getRunningLoop } from '../current.ts';
import type { AsyncioEventLoop } from '../event-loop.ts';
import type { Suspend } from '../future.ts';
import type { ConcurrentFuture } from './concurrent-future.ts';

/** How an executor is to run a job. */
export interface JobOptions {
  /** How much of the loop's time the job takes, in milliseconds; default: what {@link job} says, else 0. */
  readonly durationMs?: number | undefined;
}

/** Runs functions outside of a loop, like threads do. Mirrors `concurrent.futures.Executor`. */
export interface Executor {
  /** Takes a job on, for a loop. @throws RuntimeError after {@link shutdown}. */
  submit<T>(action: () => T, loop: AsyncioEventLoop, options?: JobOptions): ConcurrentFuture<T>;
  /** Takes no more jobs on. Idempotent. */
  shutdown(): void;
  /** Waits until the jobs that were taken on are done. */
  waitUntilIdle(): Coroutine<void>;
}

const durations = new WeakMap<() => unknown, number>();

/**
 * Says how long a function takes where it is run by an executor, for {@link toThread} and
 * `runInExecutor`.
 *
 * @param options.durationMs in milliseconds of the loop's time; default 0.
 * @returns a function that does the same.
 * @throws TypeError, RangeError for bad arguments.
 */
export function job<A extends unknown[], T>(
  action: (...args: A) => T,
  { durationMs = 0 }: JobOptions = {},
): (...args: A) => T {
  checkFunction('job()', action);
  checkMs('durationMs', durationMs);
  const marked = (...args: A): T => action(...args);
  Object.defineProperty(marked, 'name', { value: action.name });
  durations.set(marked, durationMs);
  return marked;
}

/** How long a job takes, in milliseconds. @throws TypeError, RangeError if the option is not a number of them. */
export function durationOf(action: unknown, { durationMs }: JobOptions = {}): number {
  if (durationMs !== undefined) checkMs('durationMs', durationMs);
  return durationMs ?? durations.get(action as () => unknown) ?? 0;
}

/**
 * Runs a function in the loop's default executor, with the current context variables, and gives its
 * result. See {@link job} for how to say how long that takes.
 *
 * Mirrors `asyncio.to_thread`.
 *
 * @throws TypeError if it is not a function; (when awaited) what the function throws; RuntimeError
 * after the shutdown of the default executor.
 */
export function toThread<A extends unknown[], T>(action: (...args: A) => T, ...args: A): Coroutine<T> {
  checkFunction('toThread()', action);
  return inThread(action as (...args: unknown[]) => unknown, args) as Coroutine<T>;
}

const inThread = coroutine(function* toThread(
  action: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): Generator<Suspend, unknown, unknown> {
  const context = copyContext();
  const call = (): unknown => context.run(() => action(...args));
  return yield* getRunningLoop().runInExecutor(null, call, { durationMs: durationOf(action) });
});
