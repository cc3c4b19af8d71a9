import { RuntimeError, type WaitNode } from '@timeloom/loop';
import { beginAttributed, cameBack } from './attribution.ts';
import { checkContext, inheritedValues } from './context.ts';
import { Coroutine, expectCoroutine } from './coroutine.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { firstStepOf } from './first-step.ts';
import { Flag, flagBits } from './future-state.ts';
import { Future } from './future.ts';
import { reprTask } from './repr.ts';
import { abortSignal, makeSeldom, type Seldom } from './seldom.ts';
import type { Site } from './site.ts';
import {
  cancelAwaited,
  isOnlySuspension,
  lastSuspension,
  withoutSuspension,
  withSuspension,
  type Suspensions,
} from './suspensions.ts';
import type { TaskOptions } from './task-options.ts';
import { waitNodeOf } from './wait-node.ts';
import type { Awaiter, Suspension } from './waiter.ts';

/**
 * A coroutine that runs by itself. A Task is a Future whose result is the coroutine's.
 *
 * Mirrors `asyncio.Task`. Make one with {@link createTask}.
 */
export class Task<T = unknown> extends Future<T> implements Awaiter {
  // Private, because matchers that compare two tasks would iterate, that is start, a public one.
  readonly #coroutine: Coroutine<T>;
  /** The context variables that the task's steps see. Undefined on the prototype, as most tasks have none. */
  declare context: unknown;
  declare schedulerData: object | null | undefined;
  /** Its name, of which a number stands for `Task-N`; in {@link Seldom} once there is one. */
  #nameOrSeldom: string | number | Seldom;
  #suspensions: Suspensions = null;
  /** The sequence of its first step; while it runs the promise of its end, if there is one and steps are unseen. */
  #start: number | object | null = null;

  /** @throws TypeError if `coroutine` is not one. */
  constructor(loop: AsyncioEventLoop, coroutine: Coroutine<T>, options: TaskOptions | undefined) {
    super(loop);
    this.#coroutine = expectCoroutine(coroutine) as Coroutine<T>;
    this.#coroutine.task ??= this;
    checkContext(options?.context);
    const context = options?.context?.adopt(this) ?? inheritedValues(loop);
    if (context !== undefined) this.context = context;
    const name = options?.name ?? null;
    this.#nameOrSeldom = name === null ? loop.nextTaskNumber() : String(name);
    loop.tasks.add(this);
    this.scheduleStart();
  }

  /** The first step is one of the next turn. */
  protected scheduleStart(): void {
    this.loop.schedule(firstStepOf(this as Task));
  }

  /** The sequence of its first step, as long as that is asked for. */
  get startSequence(): number {
    return typeof this.#start === 'number' ? this.#start : 0;
  }

  set startSequence(sequence: number) {
    this.#start = sequence;
  }

  get isAwaiter(): true {
    return true;
  }

  /** In the loop's list of tasks. */
  get position(): number {
    return this.flags >> flagBits;
  }

  set position(position: number) {
    this.flags = (position << flagBits) | (this.flags & ((1 << flagBits) - 1));
  }

  /** What the task runs. */
  get coroutine(): Coroutine<T> {
    return this.#coroutine;
  }

  getName(): string {
    const name = this.seldomIfAny?.name ?? (this.#nameOrSeldom as string | number);
    return typeof name === 'number' ? `Task-${name}` : name;
  }

  setName(name: string): void {
    this.seldom().name = String(name);
  }

  /** The task's name, as a lane of the loop. */
  get label(): string {
    return this.getName();
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
    this.markSeen();
    this.loop.accessed(this, 'write');
    if (this.done()) return false;
    const state = this.seldom();
    state.requests++;
    abortSignal(this, state.controller, message);
    if (cancelAwaited(this.#suspensions, message)) return true;
    this.flags |= Flag.mustCancel;
    state.message = message;
    return true;
  }

  private get seldomIfAny(): Seldom | null {
    return typeof this.#nameOrSeldom === 'object' ? this.#nameOrSeldom : null;
  }

  private seldom(): Seldom {
    if (typeof this.#nameOrSeldom === 'object') return this.#nameOrSeldom;
    return (this.#nameOrSeldom = makeSeldom(this.#nameOrSeldom));
  }

  /** How many cancellations were requested and not taken back. */
  cancelling(): number {
    return this.seldomIfAny?.requests ?? 0;
  }

  /** Takes one request back; returns how many are left. At 0, a cancellation not yet delivered is dropped. */
  uncancel(): number {
    const state = this.seldomIfAny;
    if (state === null || state.requests === 0) return 0;
    if (--state.requests === 0) this.flags &= ~Flag.mustCancel;
    return state.requests;
  }

  /** Aborted, in a step of its own, when the task is cancelled: for `fetch` and its kind. */
  get signal(): AbortSignal {
    const state = this.seldom();
    state.controller ??= new AbortController();
    return state.controller.signal;
  }

  // ---------------------------------------------------------------- running

  /** The first step. Called by the loop only. */
  start(): void {
    this.loop.context = this.context;
    const cancellation = this.takeCancellation();
    // One that was used before refuses the cancellation as it refuses to begin.
    if (cancellation === null || this.#coroutine.started) return beginAttributed(this, beginCoroutine);
    this.#coroutine.close();
    this.threw(cancellation);
  }

  /** Runs the coroutine up to its first suspension. Called once. */
  beginCoroutine(): void {
    // Bound, not closures: a closure would keep a context of its own for as long as the task runs.
    const promise = this.#coroutine.beginAwait(this.returned.bind(this), this.threw.bind(this));
    // For readAhead() only: an object more that a task's end comes by.
    if (promise !== undefined && this.loop.stepsAreUnseen) this.#start = promise;
  }

  private returned(value: T): void {
    if (this.done()) return;
    if ((this.flags & Flag.mustCancel) !== 0) this.end(Flag.done | Flag.cancelled, this.seldomIfAny?.message);
    else this.end(Flag.done, value);
  }

  private threw(error: unknown): void {
    if (this.done()) return;
    if (error instanceof CancelledError) {
      this.seldom().error = error;
      this.end(Flag.done | Flag.cancelled, undefined);
    } else {
      this.end(Flag.done | Flag.failed | Flag.unseen, error);
    }
  }

  private end(flags: number, outcome: unknown): void {
    cameBack(this);
    if (typeof this.#start === 'object') this.#start = null;
    this.loop.tasks.delete(this);
    // A native promise may end it later than its loop, which has told of it and calls nobody any more.
    if (this.loop.isClosed()) this.content = null;
    this.settle(flags, outcome);
  }

  suspended(suspension: Suspension): void {
    this.loop.accessed(this, 'read');
    cameBack(this);
    this.#suspensions = withSuspension(this.#suspensions, suspension);
    if ((this.flags & Flag.mustCancel) === 0) return;
    if (suspension.cancelAwaited(this.seldomIfAny?.message)) this.flags &= ~Flag.mustCancel;
  }

  readAhead(): number {
    const read = typeof this.#start === 'function' || this.content === null || this.seldomIfAny !== null ? 1 : 0;
    return this.flags | read;
  }

  resumed(suspension: Suspension): void {
    if (typeof this.#nameOrSeldom === 'object') this.#nameOrSeldom.awaitSite = null;
    this.#suspensions = withoutSuspension(this.#suspensions, suspension);
  }

  awaitsOnly(suspension: Suspension): boolean {
    return isOnlySuspension(this.#suspensions, suspension);
  }

  takeCancellation(): CancelledError | null {
    this.loop.accessed(this, 'read');
    if ((this.flags & Flag.mustCancel) === 0) return null;
    this.flags &= ~Flag.mustCancel;
    return new CancelledError(this.seldomIfAny?.message);
  }

  /** The first to ask gets the exception that ended the coroutine, later ones a fresh one (CPython's rule). */
  override makeCancelledError(): CancelledError {
    const state = this.seldomIfAny;
    const original = state?.error ?? null;
    if (original === null) return super.makeCancelledError();
    state!.error = null;
    return original;
  }

  /** The message stays when the task caught the cancellation and went on (CPython's rule). */
  override get cancelMessage(): string | undefined {
    return this.cancelled() ? super.cancelMessage : this.seldomIfAny?.message;
  }

  override setResult(): never {
    throw new RuntimeError('Task does not support set_result operation');
  }

  override setException(): never {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  // ---------------------------------------------------------------- inspecting

  /** False if the task is ready, done, or waits for a native promise. */
  get isSuspended(): boolean {
    return this.#suspensions !== null;
  }

  /** What the task waits for, of several the last; null if it is not suspended. */
  get suspension(): Suspension | null {
    return lastSuspension(this.#suspensions);
  }

  /** True if a cancellation was requested and the task is not done. */
  get isCancelling(): boolean {
    return !this.done() && this.cancelling() > 0;
  }

  /** The task as a node of the wait graph. */
  toWaitNode(): WaitNode {
    return waitNodeOf(this);
  }

  /** Where the task awaited last, if that was recorded. */
  get awaitSite(): Site | null {
    return this.seldomIfAny?.awaitSite ?? null;
  }

  /** Set by the loop only. */
  set awaitSite(site: Site) {
    this.seldom().awaitSite = site;
  }

  override get heldBy(): string {
    return this.getName();
  }

  override toString(): string {
    return reprTask(this);
  }

  override get [Symbol.toStringTag](): string {
    return 'Task';
  }
}

Object.defineProperties(Task.prototype, {
  // Not on each task: only searches need room for it.
  schedulerData: { value: null, writable: true },
  context: { value: undefined, writable: true },
});

const beginCoroutine = (task: Task): void => task.beginCoroutine();
