import { Handle, type EventLoop, type Lane } from '@timeloom/loop';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Future } from './future.ts';
import type { Placed } from './placed-list.ts';

/** How a suspended coroutine goes on with a value; the type of the value is the awaitable's. */
// oxlint-disable-next-line typescript/no-explicit-any -- any awaitable's value comes through here
export type Resolve = (value: any) => void;

/** How a suspended coroutine goes on with an exception. */
export type Reject = (error: unknown) => void;

/** Our own awaitables, which library code asks directly: `await` without its microtasks. */
export interface Startable {
  beginAwait(resolve: Resolve, reject: Reject): void;
}

/** True for promises that are not our own, which know who awaits them. */
export function isNativePromise<T>(value: unknown): value is Promise<T> {
  return value instanceof Promise && !('beginAwait' in value);
}

/** What `await awaitable` does. */
export function startAwait(awaitable: PromiseLike<unknown>, resolve: Resolve, reject: Reject): void {
  if ('beginAwait' in awaitable) (awaitable as unknown as Startable).beginAwait(resolve, reject);
  else awaitable.then(resolve, reject);
}

/** What a task offers to the things that it awaits. */
export interface Awaiter extends Lane {
  readonly isAwaiter: true;
  readonly loop: AsyncioEventLoop;
  /** The context variables that the task's steps see. */
  context: unknown;
  done(): boolean;
  /** The task is suspended. */
  suspended(suspension: Suspension): void;
  /** As that of timers: reads what the task's going on will read. */
  readAhead(): number;
  /** True if the task is suspended on nothing else. */
  awaitsOnly(suspension: Suspension): boolean;
  /** The task is about to go on. */
  resumed(suspension: Suspension): void;
  /** The cancellation that was requested and not delivered yet, if any; delivered by this call. */
  takeCancellation(): CancelledError | null;
}

/** What will resume a suspended task. */
export interface Suspension extends Placed {
  /** Cancels what the task waits for, which resumes the task; false if that is too late or there is nothing. */
  cancelAwaited(message: string | undefined): boolean;
  /** What the task waits for, as text; null if it is nothing that can be named. */
  describeAwaited(): string | null;
  /** The future that the task waits for, if it is one. */
  readonly future: Future | null;
}

/** Resumes with the task's pending cancellation, if there is one; true if it did. */
export function resumeCancelled(awaiter: Awaiter | null, reject: Reject): boolean {
  const cancellation = awaiter?.takeCancellation() ?? null;
  if (cancellation === null) return false;
  reject(cancellation);
  return true;
}

/**
 * The wake-up of whoever awaits a future: one of the future's done callbacks until the future is
 * done, then a handle in the ready queue. With no future it is asyncio's bare yield.
 */
export class Waiter extends Handle implements Suspension {
  readonly future: Future | null;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  position = -1;

  constructor(awaiter: Awaiter | null, future: Future | null, resolve: Resolve, reject: Reject, context: unknown) {
    super(awaiter, context);
    this.future = future;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  run(loop: EventLoop): void {
    const awaiter = this.lane as Awaiter | null;
    if (awaiter !== null) {
      awaiter.resumed(this);
      loop.context = awaiter.context;
    }
    const { future } = this;
    if (future !== null && future.retrieve()) {
      const error = future.takeError();
      // A cancellation replaces even an exception that is there already, but not another one (CPython's rule).
      if (error instanceof CancelledError) awaiter?.takeCancellation();
      else if (resumeCancelled(awaiter, this.#reject)) return;
      this.#reject(error);
    } else if (!resumeCancelled(awaiter, this.#reject)) {
      this.#resolve(future?.result());
    }
  }

  cancelAwaited(message: string | undefined): boolean {
    return this.future?.cancel(message) ?? false;
  }

  describeAwaited(): string | null {
    return this.future?.describeWait() ?? null;
  }

  get label(): string {
    return this.lane === null ? 'await resumes' : `${this.lane.label} resumes`;
  }
}

/** Throws an error into a suspended coroutine at its next step. */
export class ThrowStep extends Handle {
  readonly #reject: Reject;
  readonly #error: unknown;
  readonly #suspension: Suspension | null;

  /** @param suspension what the task was suspended on, if that was registered. */
  constructor(
    awaiter: Awaiter | null,
    reject: Reject,
    error: unknown,
    context: unknown,
    suspension: Suspension | null = null,
  ) {
    super(awaiter, context);
    this.#reject = reject;
    this.#error = error;
    this.#suspension = suspension;
  }

  run(loop: EventLoop): void {
    const awaiter = this.lane as Awaiter | null;
    if (awaiter !== null) {
      if (this.#suspension !== null) awaiter.resumed(this.#suspension);
      loop.context = awaiter.context;
    }
    if (this.#error instanceof CancelledError) awaiter?.takeCancellation();
    else if (resumeCancelled(awaiter, this.#reject)) return;
    this.#reject(this.#error);
  }

  get label(): string {
    return `${this.lane?.label ?? 'await'} fails`;
  }
}
