/**
 * Which task is running? The one whose step it is: true for everything that waits on the loop only.
 * But a task that awaits a native promise goes on in whatever step settles that promise. Two means
 * find it again:
 *
 *  - AsyncLocalStorage, which follows native promises. Where it is free (Node 24 and later) every
 *    task is started in one; elsewhere only once some task was seen to await a native promise.
 *  - The set of tasks that are adrift: not done, and not waiting on the loop. Code in the
 *    microtasks of a step that cannot belong to that step is theirs.
 */
import { asyncStorageIsFree, createAsyncStorage, type AsyncStorage } from '@timeloom/loop';
import type { Task } from './task.ts';

let storage: AsyncStorage<Task> | null = asyncStorageIsFree ? createAsyncStorage() : null;

/** Tasks that were started in the storage. */
const tracked = new WeakSet<Task>();

/** Knows whose code is running, for one loop. */
export class Attribution {
  /** Tasks adrift that were started without storage, longest first. */
  readonly #adrift = new Set<Task>();

  /** Begins a task, so that its continuations are known as its own. */
  begin(task: Task, action: (task: Task) => void): void {
    if (storage === null) {
      action(task);
      return;
    }
    if (!asyncStorageIsFree) tracked.add(task);
    storage.run(task, action, task);
  }

  /** A step of `task` has ended, and it neither is done nor waits on the loop. */
  wentAdrift(task: Task): void {
    storage ??= createAsyncStorage();
    if (!isTracked(task)) this.#adrift.add(task);
  }

  /** The task waits on the loop again, or is done. */
  cameBack(task: Task): void {
    if (this.#adrift.size > 0) this.#adrift.delete(task);
  }

  /** Whose code is running, in a step of `current`; null if no task's. */
  running(current: Task | null, handleOnStack: boolean): Task | null {
    const stored = storage?.getStore();
    if (stored !== undefined && !stored.done()) return stored;
    if (this.#adrift.size === 0 || handleOnStack || (current !== null && !isTracked(current))) return current;
    const [first] = this.#adrift;
    return first ?? current;
  }
}

function isTracked(task: Task): boolean {
  return asyncStorageIsFree || tracked.has(task);
}
