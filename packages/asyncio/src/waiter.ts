import { Handle, type EventLoop, type Lane } from '@timeloom/loop';
import { CancelledError } from './errors.ts';
import type { Future } from './future.ts';

/** How a suspended coroutine goes on with a value; the type of the value is the awaitable's. */
// oxlint-disable-next-line typescript/no-explicit-any -- any awaitable's value comes through here
export type Resolve = (value: any) => void;

/** How a suspended coroutine goes on with an exception. */
export type Reject = (error: unknown) => void;

/** Our own awaitables, which library code asks directly: `await` without its microtasks. */
export interface Startable {
  beginAwait(resolve: Resolve, reject: Reject): void;
}

/** What `await awaitable` does. */
export function startAwait(awaitable: PromiseLike<unknown>, resolve: Resolve, reject: Reject): void {
  if ('beginAwait' in awaitable) (awaitable as unknown as Startable).beginAwait(resolve, reject);
  else awaitable.then(resolve, reject);
}

/** What a task offers to the things that it awaits. */
export interface Awaiter extends Lane {
  readonly isAwaiter: true;
  /** The context variables that the task's steps see. */
  context: unknown;
  /** The task is suspended on `future`, which is pending. */
  suspended(waiter: Waiter): void;
  /** The task is about to go on. */
  resumed(waiter: Waiter): void;
  /** The cancellation that was requested and not delivered yet, if any; delivered by this call. */
  takeCancellation(): CancelledError | null;
}

/**
 * The wake-up of whoever awaits a future: one of the future's done callbacks until the future is
 * done, then a handle in the ready queue. With no future it is asyncio's bare yield.
 */
export class Waiter extends Handle {
  readonly future: Future | null;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  /** Other waits of the same task (`Promise.all` over futures), most recent first. */
  next: Waiter | null = null;

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
    const failed = this.future !== null && this.future.retrieve();
    const error = failed ? this.future!.takeError() : undefined;
    const cancellation = awaiter?.takeCancellation() ?? null;
    // A cancellation replaces even a result or an exception that is there already, as in CPython.
    if (cancellation !== null && !(error instanceof CancelledError)) this.#reject(cancellation);
    else if (failed) this.#reject(error);
    else this.#resolve(this.future?.result());
  }

  get label(): string {
    return this.lane === null ? 'await resumes' : `${this.lane.label} resumes`;
  }
}

/** Throws an error into a suspended coroutine at its next step. */
export class ThrowStep extends Handle {
  readonly #reject: Reject;
  readonly #error: unknown;

  constructor(awaiter: Awaiter | null, reject: Reject, error: unknown, context: unknown) {
    super(awaiter, context);
    this.#reject = reject;
    this.#error = error;
  }

  run(): void {
    const awaiter = this.lane as Awaiter | null;
    const cancellation = awaiter?.takeCancellation() ?? null;
    this.#reject(this.#error instanceof CancelledError ? this.#error : (cancellation ?? this.#error));
  }

  get label(): string {
    return `${this.lane?.label ?? 'await'} fails`;
  }
}
