import { isAwaitable } from './coroutine.ts';
import { follow } from './drive.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import {
  isNativePromise,
  resumeCancelled,
  startAwait,
  type Awaiter,
  type Reject,
  type Resolve,
  type Suspension,
} from './waiter.ts';

/** What a task waits for that knows of it. */
export interface WaitedFor {
  /** A task that waits for it is cancelled; false if it has completed. */
  cancelFor(wait: OperationWait, message: string | undefined): boolean;
  toString(): string;
}

/** A task, or a callback, waits for an operation. */
export class OperationWait implements Suspension {
  readonly awaiter: Awaiter | null;
  /** Null for those that await the promise itself, and go on with it. */
  readonly resolve: Resolve | null;
  readonly reject: Reject | null;
  readonly context: unknown;
  /** Another wait for the same operation. */
  following: OperationWait | null = null;
  position = -1;
  readonly #operation: WaitedFor;

  constructor(
    awaiter: Awaiter | null,
    operation: WaitedFor,
    resolve: Resolve | null,
    reject: Reject | null,
    context: unknown,
  ) {
    this.awaiter = awaiter;
    this.resolve = resolve;
    this.reject = reject;
    this.context = context;
    this.#operation = operation;
  }

  get future(): null {
    return null;
  }

  /** Its task waits no longer. */
  resumed(): void {
    this.awaiter?.resumed(this);
  }

  /** From here on the step is that of the task that waits. */
  enter(loop: AsyncioEventLoop): void {
    loop.currentLane = this.awaiter;
    loop.context = this.awaiter?.context ?? this.context;
  }

  cancelAwaited(message: string | undefined): boolean {
    return this.#operation.cancelFor(this, message);
  }

  describeAwaited(): string {
    return String(this.#operation);
  }
}

/** Puts a wait behind those of a list, of which this is the first; gives the first. */
export function withWait(first: OperationWait | null, wait: OperationWait): OperationWait {
  wait.following = null;
  if (first === null) return wait;
  let last = first;
  while (last.following !== null) last = last.following;
  last.following = wait;
  return first;
}

/** The task that goes on, if there is one, and it waits for nothing else. */
export function onlyAwaiterOf(first: OperationWait | null): Awaiter | null {
  if (first === null || first.following !== null) return null;
  return first.awaiter?.awaitsOnly(first) === true ? first.awaiter : null;
}

/** Lets those that wait directly go on, each as itself. */
export function goOn(first: OperationWait | null, loop: AsyncioEventLoop, failed: boolean, outcome: unknown): void {
  for (let wait = first; wait !== null; wait = wait.following) {
    if (wait.resolve === null) continue;
    wait.enter(loop);
    if (resumeCancelled(wait.awaiter, wait.reject!)) continue;
    if (failed) wait.reject!(outcome);
    else giveResult(outcome, loop, wait.awaiter, wait.resolve, wait.reject!);
  }
}

/** What `await` does with the result of what it has awaited: if that can be awaited in turn, its result is given. */
export function giveResult(
  result: unknown,
  loop: AsyncioEventLoop,
  task: Awaiter | null,
  resolve: Resolve,
  reject: Reject,
): void {
  if (!isAwaitable(result) || typeof result.then !== 'function') resolve(result);
  else if (isNativePromise(result)) follow(result, loop, task, resolve, reject);
  else startAwait(result, resolve, reject);
}

/** What they wait for was cancelled: all hear of it, as those hear of a rejection who await one promise. */
export function failAll(first: OperationWait | null, loop: AsyncioEventLoop, error: unknown): void {
  for (let wait = first; wait !== null; wait = wait.following) {
    if (wait.reject === null) continue;
    wait.enter(loop);
    // One that was requested meanwhile is this one (CPython's rule).
    wait.awaiter?.takeCancellation();
    wait.reject(error);
  }
}
