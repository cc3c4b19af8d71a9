import { checkFunction, RuntimeError } from '@timeloom/loop';
import type { Awaitable } from './awaitable.ts';
import { coroutine, Coroutine, toCoroutine } from './coroutine.ts';
import { getRunningLoop } from './current.ts';
import { isCancelled } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Future, Suspend } from './future.ts';
import { showAsText } from './repr.ts';
import { PlaceInQueue, type WaitPlace } from './sync/wait-queue.ts';
import { Task } from './task.ts';
import type { TaskOptions } from './task-options.ts';
import { awaitIt } from './timeout.ts';

/** Several errors of a TaskGroup. Mirrors Python's `ExceptionGroup`; `errors` has them. */
export class ExceptionGroup extends AggregateError {
  readonly code = 'TIMELOOM_EXCEPTION_GROUP';

  override get name(): string {
    return 'ExceptionGroup';
  }
}

/**
 * Tasks that end together: when one fails, the others and the body are cancelled.
 *
 * Mirrors `asyncio.TaskGroup` of Python 3.13. Prefer {@link taskGroup}. Where a body is no
 * callback, `await using group = new TaskGroup().enter()` works, with two limits that JavaScript
 * sets: the disposer cannot see the exception of the body, so it waits for the tasks instead of
 * cancelling them; and the ExceptionGroup arrives as the `error` of a SuppressedError if the body
 * was thrown out of a wait.
 */
export class TaskGroup implements WaitPlace, AsyncDisposable {
  readonly #tasks = new Set<Task>();
  readonly #whenDone = this.#taskDone.bind(this) as (task: Future) => void;
  #errors: unknown[] = [];
  #parent: Task | null = null;
  #completed: Future<void> | null = null;
  #exiting = false;
  #aborting = false;
  #cancelledParent = false;

  /**
   * Begins: from now on the group has the current task as its parent.
   *
   * @throws RuntimeError outside of a task, or the second time.
   */
  enter(): this {
    if (this.#parent !== null) throw new RuntimeError(`TaskGroup ${this} has already been entered`);
    const task = getRunningLoop().currentAwaiter();
    if (!(task instanceof Task)) throw new RuntimeError(`TaskGroup ${this} cannot determine the parent task`);
    this.#parent = task;
    return this;
  }

  /**
   * Starts a task in the group.
   *
   * @throws TypeError if it is not a coroutine; RuntimeError before the group is entered, while it
   * is cancelled, and after its end.
   */
  createTask<T>(body: Coroutine<T> | (() => Awaitable<T>), options?: TaskOptions): Task<T> {
    const refusal = this.#refusal();
    if (refusal !== null) {
      toCoroutine(body)?.close();
      throw new RuntimeError(`TaskGroup ${this} ${refusal}`);
    }
    this.#loop.accessed(this, 'read');
    if (this.#exiting) this.#loop.accessed(this.#tasks, 'write');
    const task = this.#loop.createTask(body, options);
    if (task.done()) {
      this.#taskDone(task);
    } else {
      this.#tasks.add(task);
      task.addInlineCallback(this.#whenDone);
    }
    return task;
  }

  #refusal(): string | null {
    if (this.#parent === null) return 'has not been entered';
    if (this.#exiting && this.#tasks.size === 0) return 'is finished';
    return this.#aborting ? 'is shutting down' : null;
  }

  get #loop(): AsyncioEventLoop {
    return this.#parent!.loop;
  }

  #taskDone(task: Task): void {
    const { failed } = task.peek();
    if (failed) this.#loop.accessed(this, 'write');
    this.#loop.accessed(this.#tasks, failed ? 'write' : 'add');
    this.#tasks.delete(task);
    if (this.#tasks.size === 0 && this.#completed?.done() === false) this.#completed.setResult(undefined);
    if (task.cancelled() || !task.retrieve()) return;
    const error = task.takeError();
    this.#errors.push(error);
    const parent = this.#parent!;
    if (parent.done()) {
      const message = `Task ${task} has errored out but its parent task ${parent} is already completed`;
      this.#loop.callExceptionHandler({ message, exception: error, future: task });
    } else if (!this.#aborting && !this.#cancelledParent) {
      this.#abort();
      this.#cancelledParent = true;
      parent.cancel();
    }
  }

  /** Cancels the tasks, the oldest first. */
  #abort(): void {
    this.#aborting = true;
    for (const task of this.#tasks) if (!task.done()) task.cancel();
  }

  /**
   * Ends the group: waits for its tasks, after cancelling them if the body failed.
   *
   * @param failure what the body threw, as `{ error }`; default null, it ended well.
   * @throws (when awaited) ExceptionGroup of what the tasks and the body threw; CancelledError.
   */
  exit(failure: { readonly error: unknown } | null = null): Coroutine<void> {
    return TaskGroup.#exit(this, failure);
  }

  [Symbol.asyncDispose](): Coroutine<void> {
    return this.exit();
  }

  static readonly #exit = coroutine(function* exitTaskGroup(
    group: TaskGroup,
    failure: { readonly error: unknown } | null,
  ): Generator<Suspend, void, unknown> {
    if (group.#parent === null) throw new RuntimeError(`TaskGroup ${group} has not been entered`);
    group.#exiting = true;
    if (failure !== null && !group.#aborting) group.#abort();
    const bodyCancelled = failure !== null && isCancelled(failure.error) ? failure : null;
    const interrupted = yield* group.#waitForTasks();
    group.#conclude(interrupted ?? bodyCancelled, bodyCancelled === null ? failure : null);
    if (failure !== null) throw failure.error;
  });

  /** The cancellation that made the group abort its tasks while it waited, as `{ error }`; null if none did. */
  *#waitForTasks(): Generator<Suspend, { readonly error: unknown } | null, unknown> {
    let interrupted: { readonly error: unknown } | null = null;
    this.#loop.accessed(this.#tasks, 'read');
    // The wait may be cancelled several times, once by each cancellation of the parent.
    while (this.#tasks.size > 0) {
      this.#completed ??= new PlaceInQueue(this.#loop, this);
      try {
        yield* this.#completed;
      } catch (error) {
        if (!isCancelled(error)) throw error;
        if (!this.#aborting) {
          interrupted = { error };
          this.#abort();
        }
      }
      this.#completed = null;
    }
    return interrupted;
  }

  /** Throws what the end of the group has to throw, if anything. */
  #conclude(cancellation: { readonly error: unknown } | null, failure: { readonly error: unknown } | null): void {
    const parent = this.#parent!;
    let propagated = cancellation;
    // Our own cancellation of the parent is taken back; if there was no other, it must not go on.
    if (this.#cancelledParent && parent.uncancel() === 0) propagated = null;
    if (propagated !== null && this.#errors.length === 0) throw propagated.error;
    if (failure !== null) this.#errors.push(failure.error);
    if (this.#errors.length === 0) return;
    if (parent.cancelling() > 0) {
      // A cancellation from outside is not lost: it arrives at the next wait.
      parent.uncancel();
      parent.cancel();
    }
    const errors = this.#errors;
    // They are heavy; the group does not keep them, nor show them any more.
    this.#errors = [];
    throw new ExceptionGroup(errors, 'unhandled errors in a TaskGroup');
  }

  /** A task that the group waits for, for diagnoses. */
  get holder(): string | undefined {
    const [first] = this.#tasks;
    return first?.getName();
  }

  toString(): string {
    const parts = ['TaskGroup'];
    if (this.#tasks.size > 0) parts.push(`tasks=${this.#tasks.size}`);
    if (this.#errors.length > 0) parts.push(`errors=${this.#errors.length}`);
    if (this.#aborting) parts.push('cancelling');
    else if (this.#parent !== null) parts.push('entered');
    return `<${parts.join(' ')}>`;
  }
}

showAsText(TaskGroup.prototype);

/**
 * Runs `body` with a new TaskGroup, and waits for the tasks that it started. If the body or a task
 * fails, the rest is cancelled, and all that failed is thrown together.
 *
 * Mirrors `async with asyncio.TaskGroup() as group`.
 *
 * @returns what `body` gives.
 * @throws TypeError if `body` is not a function; (when awaited) ExceptionGroup; RuntimeError outside of a task.
 */
export function taskGroup<T>(body: (group: TaskGroup) => Awaitable<T>): Coroutine<T> {
  checkFunction('taskGroup()', body);
  return grouped(body) as Coroutine<T>;
}

const grouped = coroutine(function* taskGroup(
  body: (group: TaskGroup) => unknown,
): Generator<Suspend, unknown, unknown> {
  const group = new TaskGroup().enter();
  let result: unknown;
  try {
    result = yield* awaitIt(body(group));
  } catch (error) {
    yield* group.exit({ error });
  }
  yield* group.exit();
  return result;
});
