/**
 * Which task is running? The one whose step it is: true for everything that waits on the loop only.
 * But a task that awaits a native promise goes on in whatever step settles that promise, or between
 * two steps. Two means find it again:
 *
 *  - AsyncLocalStorage, which follows native promises. Where it is free (Node 24 and later) every
 *    task is started in one; elsewhere only once some task was seen to await a native promise.
 *  - The set of tasks that are adrift: not done, and not waiting on the loop. Code that cannot
 *    belong to the current step is theirs.
 */
import { asyncStorageIsFree, createAsyncStorage, runningLoop, type AsyncStorage } from '@timeloom/loop';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Task } from './task.ts';

let storage: AsyncStorage<Task> | null = asyncStorageIsFree ? createAsyncStorage() : null;

/** Tasks that were started in the storage. */
const tracked = new WeakSet<Task>();

/** Tasks adrift that were started without storage, longest first. */
const adrift = new Set<Task>();

/** From now on every task that begins is known behind native promises too. */
export function trackTasks(): void {
  storage ??= createAsyncStorage();
}

/**
 * Begins a task, so that its continuations are known as its own. For libraries whose coroutines enter
 * another AsyncLocalStorage, which hides that of their task: they begin it again inside.
 */
export function beginAttributed(task: Task, action: (task: Task) => void): void {
  if (storage === null) {
    action(task);
    return;
  }
  if (!asyncStorageIsFree) tracked.add(task);
  storage.run(task, action, task);
}

/** A step of `task` has ended, and it neither is done nor waits on the loop. */
export function wentAdrift(task: Task): void {
  storage ??= createAsyncStorage();
  if (!isTracked(task)) adrift.add(task);
}

/** The task waits on the loop again, or is done. */
export function cameBack(task: Task): void {
  if (adrift.size > 0) adrift.delete(task);
}

/** Loops that were started and not yet found to have stopped. They are few: a Set would be made anew by each deletion. */
const started: AsyncioEventLoop[] = [];

/** A loop begins to run. */
export function loopStarts(loop: AsyncioEventLoop): void {
  if (!started.includes(loop)) started.push(loop);
}

/** A loop runs no longer. */
export function loopStopped(loop: AsyncioEventLoop): void {
  const index = started.indexOf(loop);
  if (index === -1) return;
  // Not by `splice`, which would give up the memory of the list.
  const last = started.pop()!;
  if (index < started.length) started[index] = last;
}

/** A loop is closed: its tasks will not come back. */
export function forgetTasksOf(loop: AsyncioEventLoop): void {
  loopStopped(loop);
  for (const task of adrift) if (task.loop === loop) adrift.delete(task);
}

/** Whose code is running, in a step of `current` on `loop`; null if no task's. */
export function runningTask(loop: AsyncioEventLoop, current: Task | null, handleOnStack: boolean): Task | null {
  const stored = storage?.getStore();
  if (stored !== undefined && stored.loop === loop && !stored.done()) return stored;
  if (adrift.size > 0 && !handleOnStack && (current === null || isTracked(current))) {
    for (const task of adrift) if (task.loop === loop) return task;
  }
  return current ?? (runningLoop() === null ? loop.tasks.only() : null);
}

/** Whose code is running while no step is; null if no task's of a running loop. */
function taskBetweenSteps(): Task | null {
  const stored = storage?.getStore();
  if (stored !== undefined) return !stored.done() && stored.loop.isRunning() ? stored : null;
  for (const task of adrift) if (task.loop.isRunning()) return task;
  return null;
}

/**
 * The loop of code that runs while no step is; null if there are several. A task may await several
 * promises at once, and be adrift with one while it sleeps in another: then it is not among those that are
 * adrift.
 */
export function loopBetweenSteps(): AsyncioEventLoop | null {
  const task = taskBetweenSteps();
  if (task !== null) return task.loop;
  const running = started.filter((loop) => loop.isRunning());
  return running.length === 1 ? running[0]! : null;
}

function isTracked(task: Task): boolean {
  return asyncStorageIsFree || tracked.has(task);
}
