import { Handle, type Lane } from '@timeloom/loop';
import { Await } from './await-iterator.ts';
import { CompletionTimer, type Completing } from './completion.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Suspend } from './future.ts';
import { notAPromise } from './not-a-promise.ts';
import type { OperationPlan } from './operation.ts';
import { failAll, giveResult, goOn, onlyAwaiterOf, OperationWait, withWait, type WaitedFor } from './operation-wait.ts';
import { ThrowStep, type Reject, type Resolve, type Startable } from './waiter.ts';

type State = 'pending' | 'cancelled' | 'finished' | 'failed';

/**
 * A simulated operation that is no promise, for programs of generator coroutines: the promise of an
 * {@link Operation}, with the functions that settle it, is a third of what it costs. It is awaited with
 * `yield*`; its `then` serves `await` only, as that of futures. It is the handle of its own completion.
 */
export class BareOperation<T = unknown> extends Handle implements PromiseLike<T>, Startable, Completing, WaitedFor {
  override schedulerData: object | null = null;
  readonly #loop: AsyncioEventLoop;
  readonly #label: string;
  readonly #work: (() => T) | undefined;
  readonly #startedAt: number;
  /** What completes it if it takes a while that is known. */
  readonly #timer: CompletionTimer | null;
  /** Those that wait, in order of registration. */
  #firstWait: OperationWait | null = null;
  #state: State = 'pending';
  /** The result, or the exception. */
  #outcome: unknown = undefined;
  #willBeAwaited = false;

  constructor(loop: AsyncioEventLoop, plan: OperationPlan<T>) {
    super(null, loop.context);
    const { latencyMs } = plan;
    this.#loop = loop;
    this.#label = plan.label;
    this.#work = plan.work;
    this.#startedAt = loop.time();
    this.#timer = latencyMs === null ? null : new CompletionTimer(this, this.#startedAt + latencyMs, loop.context);
    if (this.#timer === null) loop.schedule(this);
    else loop.scheduleTimer(this.#timer);
  }

  /** Waits for it in a generator coroutine. */
  [Symbol.iterator](): Generator<Suspend, T, unknown> {
    return new Await<T>(this);
  }

  get then(): PromiseLike<T>['then'] {
    this.#loop.noteAwait();
    return awaitOperation as PromiseLike<T>['then'];
  }

  /** As in traces and reports. */
  get label(): string {
    return this.#label;
  }

  override get deferrable(): boolean {
    return true;
  }

  override get readySince(): number {
    return this.#startedAt;
  }

  override get resumes(): Lane | null {
    return this.onlyAwaiter;
  }

  /** For this package: the task that goes on when it completes, if it is one, and waits for nothing else. */
  get onlyAwaiter(): Lane | null {
    return onlyAwaiterOf(this.#firstWait);
  }

  /** True once it has completed, or was cancelled. */
  done(): boolean {
    this.#loop.accessed(this, 'read');
    return this.#state !== 'pending';
  }

  /** For this package: it may fail before anybody waits for it, which is no reason for an alarm. */
  willBeAwaited(): void {
    this.#willBeAwaited = true;
  }

  beginAwait(resolve: Resolve, reject: Reject): void {
    this.#loop.accessed(this, 'read');
    if (this.#state === 'pending' || this.#state === 'cancelled') this.#waitsFor(resolve, reject);
    else if (this.#state === 'failed') reject(this.#outcome);
    else giveResult(this.#outcome, this.#loop, this.#loop.currentAwaiter(), resolve, reject);
  }

  #waitsFor(resolve: Resolve, reject: Reject): void {
    const awaiter = this.#loop.currentAwaiter();
    const wait = new OperationWait(awaiter, this, resolve, reject, this.#loop.context);
    this.#firstWait = withWait(this.#firstWait, wait);
    awaiter?.suspended(wait);
  }

  run(): void {
    this.complete();
  }

  /** For this package: its time has come. */
  complete(): void {
    let result: T | undefined;
    try {
      result = this.#work?.();
    } catch (error) {
      this.#settle('failed', error);
      return;
    }
    this.#settle('finished', result);
  }

  #settle(state: 'finished' | 'failed', outcome: unknown): void {
    this.#loop.accessed(this, 'write');
    const waits = this.#takeWaits(state, outcome);
    if (state === 'failed' && waits === null && !this.#willBeAwaited) {
      this.#loop.callExceptionHandler({ message: 'Unhandled rejection', exception: outcome });
    }
    goOn(waits, this.#loop, state === 'failed', outcome);
  }

  /** It is over. Gives those that waited. */
  #takeWaits(state: State, outcome: unknown): OperationWait | null {
    const waits = this.#firstWait;
    this.#firstWait = null;
    this.#state = state;
    this.#outcome = outcome;
    for (let wait = waits; wait !== null; wait = wait.following) wait.resumed();
    return waits;
  }

  cancelFor(wait: OperationWait, message: string | undefined): boolean {
    this.#loop.accessed(this, 'write');
    if (this.#state !== 'pending') return false;
    this.#state = 'cancelled';
    (this.#timer ?? this).cancel();
    const reject = (error: unknown): void => failAll(this.#takeWaits('failed', error), this.#loop, error);
    const error = new CancelledError(message);
    this.#loop.schedule(new ThrowStep(wait.awaiter, reject, error, wait.context, wait));
    return true;
  }

  override toString(): string {
    return `<operation ${this.#label}${this.#state === 'pending' ? '' : ' done'}>`;
  }
}

function awaitOperation(this: BareOperation, resolve?: Resolve | null, reject?: Reject | null): unknown {
  this.beginAwait(resolve ?? ignore, reject ?? ignore);
  return notAPromise;
}

function ignore(): void {}
