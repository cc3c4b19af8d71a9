import { Handle, RuntimeError, type WaitNode } from '@timeloom/loop';
import { Coroutine, expectCoroutine } from './coroutine.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Future } from './future.ts';
import { reprTask } from './repr.ts';
import { describeSite, type Site } from './site.ts';
import type { Awaiter, Waiter } from './waiter.ts';

/** Options of {@link createTask}. */
export interface TaskOptions {
  /** Default: `Task-N`, where N counts the unnamed tasks of the loop. */
  readonly name?: string | undefined;
}

/**
 * A coroutine that runs by itself. A Task is a Future whose result is the coroutine's.
 *
 * Mirrors `asyncio.Task`. Make one with {@link createTask}.
 */
export class Task<T = unknown> extends Future<T> implements Awaiter {
  readonly isAwaiter = true;
  readonly coroutine: Coroutine<T>;
  /** The context variables that the task's steps see. */
  context: unknown;
  /** Where the task awaited last, if that was recorded. */
  awaitSite: Site | null = null;
  #name: string;
  #waiter: Waiter | null = null;
  #mustCancel = false;
  #cancelRequests = 0;
  /** The exception that ended the coroutine, until somebody gets it. */
  #cancelledError: CancelledError | null = null;
  #controller: AbortController | null = null;

  /** @throws TypeError if `coroutine` is not one. */
  constructor(loop: AsyncioEventLoop, coroutine: Coroutine<T>, options: TaskOptions = {}) {
    super(loop);
    this.coroutine = expectCoroutine(coroutine) as Coroutine<T>;
    this.context = loop.context;
    this.#name = options.name ?? loop.nextTaskName();
    loop.tasks.add(this);
    loop.schedule(new FirstStep(this));
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = String(name);
  }

  /** The task's name, as a lane of the loop. */
  get label(): string {
    return this.#name;
  }

  // ---------------------------------------------------------------- cancelling

  /**
   * Asks the task to end: CancelledError is thrown where it awaits, at its next step. The task may
   * clean up, and may refuse by catching it. A native promise that it awaits cannot be interrupted;
   * the error arrives at the next Future, and {@link signal} is aborted.
   *
   * @returns false if the task is done.
   */
  override cancel(message?: string): boolean {
    this.seen = true;
    if (this.done()) return false;
    this.#cancelRequests++;
    this.#abortSignal(message);
    if (this.#cancelAwaited(message)) return true;
    this.#mustCancel = true;
    this.cancelMessage = message;
    return true;
  }

  /** True if something that the task awaits could be cancelled, which will wake the task. */
  #cancelAwaited(message: string | undefined): boolean {
    let cancelled = false;
    for (let waiter = this.#waiter; waiter !== null; waiter = waiter.next) {
      if (waiter.future?.cancel(message) === true) cancelled = true;
    }
    return cancelled;
  }

  /** How many cancellations were requested and not taken back. */
  cancelling(): number {
    return this.#cancelRequests;
  }

  /** Takes one request back; returns how many are left. At 0, a cancellation not yet delivered is dropped. */
  uncancel(): number {
    if (this.#cancelRequests > 0 && --this.#cancelRequests === 0) this.#mustCancel = false;
    return this.#cancelRequests;
  }

  /** Aborted, in a step of its own, when the task is cancelled: for `fetch` and its kind. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  #abortSignal(message: string | undefined): void {
    const controller = this.#controller;
    if (controller === null || controller.signal.aborted) return;
    this.loop.callSoon(() => controller.abort(new CancelledError(message)), {
      label: `${this.#name} aborts its signal`,
    });
  }

  // ---------------------------------------------------------------- running

  /** The first step. Called by the loop only. */
  start(loop: AsyncioEventLoop): void {
    loop.context = this.context;
    const cancellation = this.takeCancellation();
    if (cancellation !== null) {
      this.coroutine.close();
      this.#fail(cancellation);
      return;
    }
    this.coroutine.beginAwait(
      (value) => this.#finish(value as T),
      (error) => this.#fail(error),
    );
  }

  #finish(value: T): void {
    if (this.done()) return;
    if (this.#mustCancel) {
      this.#mustCancel = false;
      this.#end('cancelled', undefined);
    } else {
      this.#end('finished', value);
    }
  }

  #fail(error: unknown): void {
    if (this.done()) return;
    if (error instanceof CancelledError) {
      this.#cancelledError = error;
      this.cancelMessage = undefined;
      this.#end('cancelled', undefined);
    } else {
      this.loop.tasks.delete(this);
      this.fail(error);
    }
  }

  #end(state: 'finished' | 'cancelled', outcome: unknown): void {
    this.loop.tasks.delete(this);
    this.settle(state, outcome);
  }

  suspended(waiter: Waiter): void {
    waiter.next = this.#waiter;
    this.#waiter = waiter;
    if (this.#mustCancel && waiter.future?.cancel(this.cancelMessage) === true) this.#mustCancel = false;
  }

  resumed(waiter: Waiter): void {
    if (this.#waiter === waiter) {
      this.#waiter = waiter.next;
      return;
    }
    for (let other = this.#waiter; other !== null; other = other.next) {
      if (other.next === waiter) other.next = waiter.next;
    }
  }

  takeCancellation(): CancelledError | null {
    if (!this.#mustCancel) return null;
    this.#mustCancel = false;
    return new CancelledError(this.cancelMessage);
  }

  /** The first to ask gets the exception that ended the coroutine, later ones a fresh one (CPython's rule). */
  override takeError(): unknown {
    const original = this.#cancelledError;
    this.#cancelledError = null;
    return original ?? super.takeError();
  }

  override setResult(): never {
    throw new RuntimeError('Task does not support set_result operation');
  }

  override setException(): never {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  // ---------------------------------------------------------------- inspecting

  /** What the task waits for; null if it is ready, done, or waits for a native promise. */
  get awaited(): Future | null {
    return this.#waiter?.future ?? null;
  }

  /** True if a cancellation was requested and the task is not done. */
  get isCancelling(): boolean {
    return !this.done() && (this.#mustCancel || this.#cancelRequests > 0);
  }

  /** The task as a node of the wait graph. */
  describeWait(): WaitNode {
    const { awaited } = this;
    return {
      name: `${this.#name} ${this.coroutine.definition.name}()`,
      awaits: awaited === null ? undefined : String(awaited),
      heldBy: awaited instanceof Task ? awaited.getName() : undefined,
      at: describeSite(this.awaitSite),
      definedAt: describeSite(this.coroutine.definition.site),
    };
  }

  override toString(): string {
    return reprTask(this);
  }

  override get [Symbol.toStringTag](): string {
    return 'Task';
  }
}

/** Starts the coroutine of a task. */
class FirstStep extends Handle {
  constructor(task: Task<never> | Task) {
    super(task as Task, task.context);
  }

  run(): void {
    const task = this.lane as Task;
    task.start(task.loop);
  }

  get label(): string {
    return `${this.lane!.label} starts`;
  }
}
