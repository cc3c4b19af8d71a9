import type { Awaitable, ResultOf } from './awaitable.ts';
import type { Coroutine } from './coroutine.ts';
import { getRunningLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Task } from './task.ts';
import type { TaskOptions } from './task-options.ts';

/**
 * Starts a coroutine as a task of the running loop; its first step is in the next turn.
 *
 * Mirrors `asyncio.create_task`.
 *
 * @throws TypeError if it is not a coroutine; RuntimeError if there is no running loop.
 */
export function createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T>;
export function createTask<B extends () => Awaitable<unknown>>(body: B, options?: TaskOptions): Task<ResultOf<B>>;
export function createTask(body: Coroutine | (() => Awaitable<unknown>), options?: TaskOptions): Task {
  return getRunningLoop().createTask(body, options);
}

/** The task whose step is running; null in callbacks. Mirrors `asyncio.current_task`. @throws RuntimeError if there is no running loop. */
export function currentTask(): Task | null {
  const awaiter = getRunningLoop().currentAwaiter();
  return awaiter instanceof Task ? awaiter : null;
}

/** The tasks that are not done, in order of creation. Mirrors `asyncio.all_tasks`. @throws RuntimeError if there is no running loop and none is given. */
export function allTasks(loop: AsyncioEventLoop = getRunningLoop()): Set<Task> {
  return new Set(loop.tasks.all());
}
