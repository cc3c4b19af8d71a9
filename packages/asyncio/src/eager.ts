import { runningLoop, TimeloomError } from '@timeloom/loop';
import { beginAttributed, wentAdrift } from './attribution.ts';
import { withOwnContext } from './context.ts';
import type { Coroutine } from './coroutine.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Task } from './task.ts';
import type { TaskOptions } from './task-options.ts';

/** Makes the tasks of a loop; see `loop.setTaskFactory`. */
export type TaskFactory = (loop: AsyncioEventLoop, coroutine: Coroutine, options?: TaskOptions) => Task;

/**
 * An async function was to be started eagerly. Nothing of it has run.
 *
 * When an async function that was called returns its promise, only later microtasks tell whether it
 * is done or suspended, so `createTask` could not return a task that is done. A generator function
 * tells at once.
 */
export class EagerStartError extends TimeloomError {
  constructor(name: string) {
    super(
      'TIMELOOM_EAGER_START',
      `${name} is an async function, which cannot be started eagerly: JavaScript does not tell at once whether its ` +
        'first step has ended it. Write it as a generator function (function* with yield*), or create its task with ' +
        'the default task factory.',
    );
  }
}

/**
 * Makes tasks that take their first step inside of `createTask`. One that does not have to wait is
 * done when `createTask` returns, and costs the loop no step.
 *
 * Mirrors `asyncio.eager_task_factory`, for coroutines that are generator functions. While the loop
 * does not run, tasks start as usual.
 *
 * @throws EagerStartError for a coroutine that is an async function.
 */
export function eagerTaskFactory(loop: AsyncioEventLoop, coroutine: Coroutine, options?: TaskOptions): Task {
  if (runningLoop() !== loop) return new Task(loop, coroutine, options);
  if (coroutine.isAsyncFunction) {
    coroutine.close();
    throw new EagerStartError(`${coroutine.definition.name}()`);
  }
  return new EagerTask(loop, coroutine, options);
}

class EagerTask extends Task {
  protected override scheduleStart(): void {
    const { loop } = this;
    const { currentLane } = loop;
    const starter = loop.currentAwaiter();
    loop.currentLane = this;
    try {
      withOwnContext(this.context, starter, () => beginAttributed(this, (task) => task.beginCoroutine()));
    } finally {
      loop.currentLane = currentLane;
    }
    if (!this.done() && !this.isSuspended) wentAdrift(this);
  }
}
