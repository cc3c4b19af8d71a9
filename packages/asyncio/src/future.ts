import { RuntimeError } from '@timeloom/loop';
import { currentLoop, getRunningLoop } from './current.ts';
import { checkContext, type Context } from './context.ts';
import { DoneCallback, DoneCallbackInContext, inlineStep } from './done-callback.ts';
import { CancelledError, InvalidStateError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Flag, type FutureState } from './future-state.ts';
import { notAPromise } from './not-a-promise.ts';
import { reprFuture, showAsText } from './repr.ts';
import { ThrowStep, Waiter, type Awaiter, type Reject, type Resolve, type Startable } from './waiter.ts';

/** Library code that runs when a future is done. */
export type InlineCallback = (future: Future) => void;

/** What waits for a future: a user's callback, a task's wake-up, or library code. */
export type Registered = DoneCallback | Waiter | InlineCallback;

/** What is scheduled when a future is done, in order of registration. */
type Callbacks = Registered[] | Registered | null;

/** What a generator coroutine yields to its task: something to wait for. */
export type Suspend = PromiseLike<unknown>;

/**
 * A result that will be there later. `await` it, or `yield*` it in a generator coroutine: if it is
 * done that costs no step, else the awaiter goes on one step after it is done.
 *
 * Mirrors `asyncio.Future`. Make one with `loop.createFuture()`. `then` serves `await` only: it
 * makes no new promise. For promise chains use `Promise.resolve(future)`.
 */
export class Future<T = unknown> implements PromiseLike<T>, Startable {
  // Here, in Task and in Sleep no method is `#private`: for those of a class each object has a field more.

  readonly loop: AsyncioEventLoop;
  /** {@link Flag} bits: one field, because a program may hold a million futures. */
  protected flags = 0;
  /**
   * While it is pending its {@link Callbacks}; then the result if it finished well, the exception if it
   * failed, the message if it was cancelled. One field, as the flags are.
   */
  protected content: unknown = null;

  /** @param loop default: the one that is running. @throws RuntimeError if there is none. */
  constructor(loop: AsyncioEventLoop = getRunningLoop()) {
    this.loop = loop;
  }

  // ---------------------------------------------------------------- state

  /** True once there is a result, an exception, or a cancellation. */
  done(): boolean {
    this.loop.accessed(this, 'read');
    return (this.flags & Flag.done) !== 0;
  }

  cancelled(): boolean {
    return this.done() && (this.flags & Flag.cancelled) !== 0;
  }

  get state(): FutureState {
    if (this.cancelled()) return 'cancelled';
    return this.done() ? 'finished' : 'pending';
  }

  /**
   * @returns the result. @throws the exception, if it failed; CancelledError if it was cancelled; InvalidStateError if
   * it is not done.
   */
  result(): T {
    if (!this.done()) throw new InvalidStateError('Result is not set.');
    if (this.retrieve()) throw this.takeError();
    return this.content as T;
  }

  /**
   * The exception, null if there was none.
   *
   * @throws CancelledError if it was cancelled; InvalidStateError if it is not done.
   */
  exception(): unknown {
    if (this.cancelled()) throw this.takeError();
    if (!this.done()) throw new InvalidStateError('Exception is not set.');
    return this.retrieve() ? this.content : null;
  }

  // ---------------------------------------------------------------- ending

  /** @throws InvalidStateError if it is done. */
  setResult(value: T): void {
    this.checkPending();
    this.settle(Flag.done, value);
  }

  /** @throws InvalidStateError if it is done. */
  setException(error: unknown): void {
    this.checkPending();
    this.fail(error);
  }

  private checkPending(): void {
    if (this.done()) throw new InvalidStateError('invalid state');
  }

  /**
   * Ends the future as cancelled; those who await it get a CancelledError with `message`.
   *
   * @returns false if it was done already.
   */
  cancel(message?: string): boolean {
    this.markSeen();
    if (this.done()) return false;
    this.settle(Flag.done | Flag.cancelled, message);
    return true;
  }

  protected fail(error: unknown): void {
    this.settle(Flag.done | Flag.failed | Flag.unseen, error);
  }

  protected settle(flags: number, outcome: unknown): void {
    this.loop.accessed(this, 'write');
    const callbacks = this.content as Callbacks;
    this.flags = flags;
    this.content = outcome;
    if ((flags & Flag.unseen) !== 0) this.loop.reports.failed(this);
    if (Array.isArray(callbacks)) for (const callback of callbacks) this.scheduleCallback(callback);
    else if (callbacks !== null) this.scheduleCallback(callbacks);
  }

  private scheduleCallback(callback: Registered): void {
    this.loop.schedule(typeof callback === 'function' ? inlineStep(this, callback) : callback);
  }

  // ---------------------------------------------------------------- callbacks

  /**
   * Schedules `callback(future)` for when the future is done: always in a step of its own, also if
   * it is done already.
   *
   * @param options.context where it runs; default: a copy of the context now.
   * @throws TypeError if it is not a function.
   */
  addDoneCallback(callback: (future: this) => void, options: { readonly context?: Context | undefined } = {}): void {
    const { context } = options;
    checkContext(context);
    const action = callback as (future: Future) => void;
    if (context === undefined) this.addCallback(new DoneCallback(this, action));
    else this.addCallback(new DoneCallbackInContext(this, action, context));
  }

  /** Removes all registrations of `callback`; returns how many there were. */
  removeDoneCallback(callback: (future: this) => void): number {
    const before = this.pendingCallbacks();
    const kept = before.filter(
      (one) => one !== callback && !(one instanceof DoneCallback && one.callback === callback),
    );
    if (kept.length < before.length) this.content = kept.length === 0 ? null : kept;
    return before.length - kept.length;
  }

  /** For this package: a callback that is library code, so it needs no slot of the pump and no context. */
  addInlineCallback(callback: InlineCallback): void {
    this.addCallback(callback);
  }

  /** What would be scheduled if the future were done now. */
  pendingCallbacks(): readonly Registered[] {
    const callbacks = (this.flags & Flag.done) === 0 ? (this.content as Callbacks) : null;
    if (callbacks === null) return [];
    return Array.isArray(callbacks) ? callbacks : [callbacks];
  }

  protected addCallback(callback: Registered): void {
    if (this.done()) {
      this.scheduleCallback(callback);
      return;
    }
    const callbacks = this.content as Callbacks;
    if (callbacks === null) this.content = callback;
    else if (Array.isArray(callbacks)) callbacks.push(callback);
    else this.content = [callbacks, callback];
  }

  // ---------------------------------------------------------------- awaiting

  // A getter, because `await` reads `then` while the awaiting code is still on the stack.
  get then(): PromiseLike<T>['then'] {
    if (!this.done()) this.loop.noteAwait();
    return awaitFuture as PromiseLike<T>['then'];
  }

  *[Symbol.iterator](): Generator<Suspend, T, unknown> {
    if (this.done()) return this.result();
    this.loop.noteAwait();
    return (yield this) as T;
  }

  /** Resumes at once if done, else registers the running task as the one to wake. */
  beginAwait(resolve: Resolve, reject: Reject): void {
    const running = currentLoop() ?? this.loop;
    const awaiter = running.currentAwaiter();
    const refusal = this.refuse(running, awaiter);
    if (refusal !== null) {
      running.schedule(new ThrowStep(awaiter, reject, refusal, running.context));
    } else if (this.done()) {
      if (this.retrieve()) reject(this.takeError());
      else resolve(this.content);
    } else {
      const waiter = new Waiter(awaiter, this, resolve, reject, this.loop.context);
      this.addCallback(waiter);
      awaiter?.suspended(waiter);
    }
  }

  private refuse(running: AsyncioEventLoop, awaiter: Awaiter | null): RuntimeError | null {
    if ((awaiter as unknown) === this) return new RuntimeError(`Task cannot await on itself: ${this}`);
    if (running === this.loop) return null;
    const who = awaiter === null ? 'A callback' : `Task ${awaiter.label}`;
    return new RuntimeError(`${who} got Future ${this} attached to a different loop`);
  }

  // ---------------------------------------------------------------- for this package

  /** Marks the exception as seen; true if there is one, or a cancellation. */
  retrieve(): boolean {
    this.markSeen();
    return (this.flags & (Flag.failed | Flag.cancelled)) !== 0;
  }

  protected markSeen(): void {
    if ((this.flags & Flag.unseen) === 0) return;
    this.flags &= ~Flag.unseen;
    this.loop.reports.seen(this);
  }

  /** The error that the future throws. Tasks give the original of a cancellation only once. */
  takeError(): unknown {
    return this.cancelled() ? this.makeCancelledError() : this.content;
  }

  /** The error of its cancellation, or what that would be: asyncio's `_make_cancelled_error`. */
  makeCancelledError(): CancelledError {
    return new CancelledError(this.cancelMessage);
  }

  /** The message of the last request to cancel. */
  get cancelMessage(): string | undefined {
    return this.cancelled() ? (this.content as string | undefined) : undefined;
  }

  /** The outcome, without counting as a look at it. */
  peek(): { readonly failed: boolean; readonly outcome: unknown } {
    return { failed: (this.flags & Flag.failed) !== 0, outcome: this.content };
  }

  /** True if it failed and nobody has looked. */
  get neverRetrieved(): boolean {
    return (this.flags & Flag.unseen) !== 0;
  }

  /** What a task waits for that awaits this future, in the wait graph; null if it cannot be named. */
  describeWait(): string | null {
    return this.isForeign ? null : String(this);
  }

  /**
   * True if its end is up to native promises. The work behind them is often that of the very task that
   * waits, which is cancelled where it sleeps and then cleans up: so such a wait is given up only if
   * nothing else of the task can be cancelled.
   */
  get isForeign(): boolean {
    return false;
  }

  /** The name of the task that could end the wait, where that is known. */
  get heldBy(): string | undefined {
    return undefined;
  }

  toString(): string {
    return reprFuture(this);
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }
}

showAsText(Future.prototype);

function awaitFuture(this: Future, resolve?: Resolve | null, reject?: Reject | null): unknown {
  this.beginAwait(resolve ?? ignore, reject ?? ignore);
  return notAPromise;
}

function ignore(): void {}
