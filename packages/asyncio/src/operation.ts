import type { Handle } from '@timeloom/loop';
import { wentAdrift } from './attribution.ts';
import { CompletionStep, CompletionTimer, type Completing } from './completion.ts';
import { isAwaitable } from './coroutine.ts';
import { follow } from './drive.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Await } from './await-iterator.ts';
import type { Suspend } from './future.ts';
import type { Task } from './task.ts';
import { failAll, goOn, onlyAwaiterOf, OperationWait, withWait, type WaitedFor } from './operation-wait.ts';
import { resumeCancelled, ThrowStep, type Awaiter, type Reject, type Resolve } from './waiter.ts';

/** What a simulated operation is. */
export interface OperationPlan<T> {
  /** Name in schedules, traces and reports. */
  readonly label: string;
  /** What the operation does, at the moment it completes; its result, or its exception, is the operation's. */
  readonly work?: (() => T) | undefined;
  /** How long it takes, in milliseconds; null leaves that to the scheduler, see EventLoop.startOperation. */
  readonly latencyMs: number | null;
}

// The functions of the promise made last: an executor for each would be one more closure.
let lastResolve: Resolve;
let lastReject: Reject;
const takeFunctions = (resolve: Resolve, reject: Reject): void => {
  lastResolve = resolve;
  lastReject = reject;
};

/**
 * A simulated operation: the promise of its result. As with the host's own promises, whoever awaits it
 * goes on in the step in which it completes; unlike those it can be taken from a task that is
 * cancelled, and the wait graph knows it.
 *
 * How it knows who awaits: `await` and `then` read a promise's `constructor`, while the awaiting code is
 * on the stack, to see whether it is a plain Promise; the getter takes note and says yes.
 */
export class Operation<T = unknown> extends Promise<T> implements Completing, WaitedFor {
  readonly #loop: AsyncioEventLoop;
  readonly #label: string;
  readonly #work: (() => T) | undefined;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  readonly #handle: Handle;
  /** Those that wait, in order of registration. */
  #firstWait: OperationWait | null = null;
  #done = false;
  /** How it has ended, if anybody may know yet, and with what. */
  #end: 'result' | 'exception' | null = null;
  #outcome: unknown = undefined;
  #isShared = false;

  constructor(loop: AsyncioEventLoop, plan: OperationPlan<T>) {
    super(takeFunctions);
    this.#resolve = lastResolve;
    this.#reject = lastReject;
    this.#loop = loop;
    this.#label = plan.label;
    this.#work = plan.work;
    this.#handle =
      plan.latencyMs === null
        ? loop.schedule(new CompletionStep(this, loop))
        : loop.scheduleTimer(new CompletionTimer(this, loop.time() + plan.latencyMs, loop.context));
  }

  /** Waits for it in a generator coroutine. */
  [Symbol.iterator](): Generator<Suspend, T, unknown> {
    return new Await<T>(this);
  }

  /** As in traces and reports. */
  get label(): string {
    return this.#label;
  }

  /** True once it has completed, or was cancelled. */
  done(): boolean {
    this.#loop.accessed(this, 'read');
    return this.#done;
  }

  /** For this package: `await` without its microtasks. */
  beginAwait(resolve: Resolve, reject: Reject): void {
    if (!this.done()) {
      this.#waitsFor(this.#loop.currentAwaiter(), resolve, reject);
    } else if (this.#end === 'result' && !isAwaitable(this.#outcome)) {
      resolve(this.#outcome);
    } else if (this.#end === 'exception') {
      this.#looksAfterItself();
      reject(this.#outcome);
    } else {
      this.#follows(this.#loop.currentAwaiter(), resolve, reject);
    }
  }

  /** It is over, but what is to be heard of that is not there yet. */
  #follows(awaiter: Awaiter | null, resolve: Resolve, reject: Reject): void {
    const fail = (error: unknown): void => {
      // One that was requested meanwhile is this one (CPython's rule).
      if (error instanceof CancelledError) awaiter?.takeCancellation();
      reject(error);
    };
    follow(this, this.#loop, awaiter, resolve, fail);
  }

  /** Somebody is about to await it. */
  noteAwait(): void {
    if (this.done() || this.#isShared) return;
    const awaiter = this.#loop.currentAwaiter();
    if (awaiter === null) return;
    let awaited = false;
    for (let wait = this.#firstWait; wait !== null; wait = wait.following) {
      if (wait.awaiter === awaiter) return;
      if (wait.resolve === null) awaited = true;
    }
    if (awaited) this.#share();
    else this.#waitsFor(awaiter, null, null);
  }

  /**
   * Several tasks await the promise itself, and will go on in one step, which cannot be that of all:
   * they wait as for any native promise.
   */
  #share(): void {
    this.#isShared = true;
    const waits = this.#firstWait;
    this.#firstWait = null;
    for (let wait = waits, following; wait !== null; wait = following) {
      ({ following } = wait);
      if (wait.resolve !== null) {
        this.#firstWait = withWait(this.#firstWait, wait);
        continue;
      }
      wait.resumed();
      wentAdrift(wait.awaiter as Task);
    }
  }

  /** True for operations, false for their prototype. */
  static is(value: object): value is Operation {
    return #done in value;
  }

  #waitsFor(awaiter: Awaiter | null, resolve: Resolve | null, reject: Reject | null): void {
    const wait = new OperationWait(awaiter, this, resolve, reject, this.#loop.context);
    this.#firstWait = withWait(this.#firstWait, wait);
    awaiter?.suspended(wait);
  }

  /** For this package: the task that goes on when it completes, if it is one, and waits for nothing else. */
  get onlyAwaiter(): Awaiter | null {
    return onlyAwaiterOf(this.#firstWait);
  }

  /** For this package: its time has come. */
  complete(): void {
    let result: T | undefined;
    try {
      result = this.#work?.();
    } catch (error) {
      this.#settle(true, error);
      return;
    }
    this.#settle(false, result);
  }

  /** Lets everybody go on that waits, each as itself, with the result or the exception. */
  #settle(failed: boolean, outcome: unknown): void {
    this.#loop.accessed(this, 'write');
    this.#done = true;
    const waits = this.#firstWait;
    this.#firstWait = null;
    let promised: OperationWait | null = null;
    for (let wait = waits; wait !== null; wait = wait.following) {
      wait.resumed();
      if (wait.resolve === null) promised ??= wait;
    }
    // Those that await the promise itself go on in microtasks: as the task whose step this is then.
    promised?.enter(this.#loop);
    if (promised === null || !resumeCancelled(promised.awaiter, this.#reject)) {
      // Whoever waits directly looks at the exception.
      if (failed && promised === null && waits !== null && !this.#isShared) this.#looksAfterItself();
      this.#ends(failed, outcome);
    }
    goOn(waits, this.#loop, failed, outcome);
  }

  #ends(failed: boolean, outcome: unknown): void {
    this.#end = failed ? 'exception' : 'result';
    this.#outcome = outcome;
    if (failed) this.#reject(outcome);
    else this.#resolve(outcome);
  }

  /** A rejection is no reason for an alarm. */
  #looksAfterItself(): void {
    super.then(undefined, () => {});
  }

  /** A task that waits for it is cancelled; false if it has completed. */
  cancelFor(wait: OperationWait, message: string | undefined): boolean {
    this.#loop.accessed(this, 'write');
    if (this.#done) return false;
    this.#done = true;
    this.#handle.cancel();
    const waits = this.#firstWait;
    this.#firstWait = null;
    let allDirect = true;
    for (let other = waits; other !== null; other = other.following) {
      if (other !== wait) other.resumed();
      if (other.reject === null) allDirect = false;
    }
    const reject = (error: unknown): void => {
      if (!this.#isShared && allDirect) this.#looksAfterItself();
      this.#ends(true, error);
      failAll(waits, this.#loop, error);
    };
    const error = new CancelledError(message);
    this.#loop.schedule(new ThrowStep(wait.awaiter, reject, error, wait.context, wait));
    return true;
  }

  override toString(): string {
    return `<operation ${this.#label}${this.#done ? ' done' : ''}>`;
  }
}

Reflect.defineProperty(Operation.prototype, 'constructor', {
  configurable: true,
  get(this: object): PromiseConstructor {
    if (Operation.is(this)) this.noteAwait();
    return Promise;
  },
});
