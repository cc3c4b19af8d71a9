import { RuntimeError, type WaitNode } from '@timeloom/loop';
import { beginAttributed, cameBack } from './attribution.ts';
import { checkContext, inheritedValues, type Context } from './context.ts';
import { Coroutine, expectCoroutine } from './coroutine.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Flag, Future } from './future.ts';
import { FirstStep } from './first-step.ts';
import { reprTask } from './repr.ts';
import { describeSite, type Site } from './site.ts';
import type { Awaiter, Suspension } from './waiter.ts';

/** Options of {@link createTask}. */
export interface TaskOptions {
  /** Default: `Task-N`, where N counts the unnamed tasks of the loop. */
  readonly name?: string | undefined;
  /** Where the task's context variables are; default: a copy of the current ones. */
  readonly context?: Context | undefined;
}

/**
 * A coroutine that runs by itself. A Task is a Future whose result is the coroutine's.
 *
 * Mirrors `asyncio.Task`. Make one with {@link createTask}.
 */
export class Task<T = unknown> extends Future<T> implements Awaiter {
  // Private, because matchers that compare two tasks would iterate, that is start, a public one.
  readonly #coroutine: Coroutine<T>;
  /** The context variables that the task's steps see. */
  context: unknown;
  /** Where the task awaited last, if that was recorded. */
  awaitSite: Site | null = null;
  /** Where the loop's TaskList keeps the task. Set by it only. */
  position = -1;
  schedulerData: object | null = null;
  /** A number stands for `Task-N`. */
  #name: string | number;
  #suspension: Suspension | null = null;
  #cancelRequests = 0;
  /** What only tasks that are cancelled have; see {@link Cancelling}. */
  #cancelling: Cancelling | null = null;

  /** @throws TypeError if `coroutine` is not one. */
  constructor(loop: AsyncioEventLoop, coroutine: Coroutine<T>, options: TaskOptions | undefined) {
    super(loop);
    this.#coroutine = expectCoroutine(coroutine) as Coroutine<T>;
    this.#coroutine.task = this;
    checkContext(options?.context);
    this.context = options?.context?.adopt(this) ?? inheritedValues(loop);
    this.#name = options?.name ?? loop.nextTaskNumber();
    loop.tasks.add(this);
    this.scheduleStart();
  }

  /** The first step is one of the next turn. */
  protected scheduleStart(): void {
    this.loop.schedule(new FirstStep(this as Task));
  }

  get isAwaiter(): true {
    return true;
  }

  /** What the task runs. */
  get coroutine(): Coroutine<T> {
    return this.#coroutine;
  }

  getName(): string {
    return typeof this.#name === 'number' ? `Task-${this.#name}` : this.#name;
  }

  setName(name: string): void {
    this.#name = String(name);
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
    this.#cancelRequests++;
    this.#abortSignal(message);
    if (this.#cancelAwaited(message)) return true;
    this.flags |= Flag.mustCancel;
    this.#cancellingState().message = message;
    return true;
  }

  /** True if something that the task awaits could be cancelled, which will wake the task. */
  #cancelAwaited(message: string | undefined): boolean {
    let cancelled = false;
    // Taken down first: to cancel one may take others out of the list.
    const suspensions: Suspension[] = [];
    for (let one = this.#suspension; one !== null; one = one.next) suspensions.push(one);
    const foreign: Suspension[] = [];
    for (const one of suspensions) {
      if (one.future?.isForeign === true) foreign.push(one);
      else if (one.cancelAwaited(message)) cancelled = true;
    }
    if (!cancelled) for (const one of foreign) if (one.cancelAwaited(message)) cancelled = true;
    return cancelled;
  }

  #cancellingState(): Cancelling {
    return (this.#cancelling ??= { message: undefined, error: null, controller: null });
  }

  /** How many cancellations were requested and not taken back. */
  cancelling(): number {
    return this.#cancelRequests;
  }

  /** Takes one request back; returns how many are left. At 0, a cancellation not yet delivered is dropped. */
  uncancel(): number {
    if (this.#cancelRequests > 0 && --this.#cancelRequests === 0) this.flags &= ~Flag.mustCancel;
    return this.#cancelRequests;
  }

  /** Aborted, in a step of its own, when the task is cancelled: for `fetch` and its kind. */
  get signal(): AbortSignal {
    const state = this.#cancellingState();
    state.controller ??= new AbortController();
    return state.controller.signal;
  }

  #abortSignal(message: string | undefined): void {
    const controller = this.#cancelling?.controller ?? null;
    if (controller === null || controller.signal.aborted) return;
    const abort = (): void => controller.abort(new CancelledError(message));
    this.loop.callSoon(abort, { label: `${this.label} aborts its signal` });
  }

  // ---------------------------------------------------------------- running

  /** The first step. Called by the loop only. */
  start(): void {
    this.loop.context = this.context;
    const cancellation = this.takeCancellation();
    if (cancellation !== null) {
      this.#coroutine.close();
      this.#fail(cancellation);
      return;
    }
    beginAttributed(this, beginCoroutine);
  }

  /** Runs the coroutine up to its first suspension. Called once. */
  beginCoroutine(): void {
    // Bound, not closures: a closure would keep a context of its own for as long as the task runs.
    this.#coroutine.beginAwait(this.#finish.bind(this), this.#fail.bind(this));
  }

  #finish(value: T): void {
    if (this.done()) return;
    if ((this.flags & Flag.mustCancel) !== 0) this.#end(Flag.done | Flag.cancelled, this.#cancelling?.message);
    else this.#end(Flag.done, value);
  }

  #fail(error: unknown): void {
    if (this.done()) return;
    if (error instanceof CancelledError) {
      this.#cancellingState().error = error;
      this.#end(Flag.done | Flag.cancelled, undefined);
    } else {
      this.#end(Flag.done | Flag.failed | Flag.unseen, error);
    }
  }

  #end(flags: number, outcome: unknown): void {
    cameBack(this);
    this.loop.tasks.delete(this);
    this.settle(flags, outcome);
  }

  suspended(suspension: Suspension): void {
    this.loop.accessed(this, 'read');
    cameBack(this);
    const before = this.#suspension;
    if (before !== null) before.previous = suspension;
    suspension.next = before;
    this.#suspension = suspension;
    if ((this.flags & Flag.mustCancel) === 0) return;
    if (suspension.cancelAwaited(this.#cancelling?.message)) this.flags &= ~Flag.mustCancel;
  }

  readAhead(): number {
    return this.flags | this.position | (this.callbacks === null || this.#cancelling !== null ? 1 : 0);
  }

  resumed(suspension: Suspension): void {
    this.awaitSite = null;
    const { previous, next } = suspension;
    if (previous !== null) previous.next = next;
    else if (this.#suspension === suspension) this.#suspension = next;
    else return;
    if (next !== null) next.previous = previous;
    suspension.next = null;
    suspension.previous = null;
  }

  takeCancellation(): CancelledError | null {
    this.loop.accessed(this, 'read');
    if ((this.flags & Flag.mustCancel) === 0) return null;
    this.flags &= ~Flag.mustCancel;
    return new CancelledError(this.#cancelling?.message);
  }

  /** The first to ask gets the exception that ended the coroutine, later ones a fresh one (CPython's rule). */
  override makeCancelledError(): CancelledError {
    const original = this.#cancelling?.error ?? null;
    if (original === null) return super.makeCancelledError();
    this.#cancelling!.error = null;
    return original;
  }

  /** The message stays when the task caught the cancellation and went on (CPython's rule). */
  override get cancelMessage(): string | undefined {
    return this.cancelled() ? super.cancelMessage : this.#cancelling?.message;
  }

  override setResult(): never {
    throw new RuntimeError('Task does not support set_result operation');
  }

  override setException(): never {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  // ---------------------------------------------------------------- inspecting

  /** What the task waits for; null if it is ready, done, or waits for a native promise. */
  get suspension(): Suspension | null {
    return this.#suspension;
  }

  /** True if a cancellation was requested and the task is not done. */
  get isCancelling(): boolean {
    return !this.done() && this.#cancelRequests > 0;
  }

  /** The task as a node of the wait graph. */
  toWaitNode(): WaitNode {
    return {
      name: `${this.label} ${this.#coroutine.definition.name}()`,
      awaits: this.#suspension?.describeAwaited() ?? undefined,
      heldBy: this.#suspension?.future?.heldBy,
      // A native promise is awaited unseen: what was recorded last is an earlier await.
      at: this.#suspension === null ? undefined : describeSite(this.awaitSite),
      definedAt: describeSite(this.#coroutine.definition.site),
    };
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

function beginCoroutine(task: Task): void {
  task.beginCoroutine();
}

/** What most tasks never need. */
interface Cancelling {
  /** The message of the cancellation that is not delivered yet. */
  message: string | undefined;
  /** The exception that ended the coroutine, until somebody gets it. */
  error: CancelledError | null;
  controller: AbortController | null;
}
