import { Handle, Operation as Completion, TimerHandle, type EventLoop, type Lane } from '@timeloom/loop';
import { wentAdrift } from './attribution.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Await } from './await-iterator.ts';
import type { Suspend } from './future.ts';
import type { Task } from './task.ts';
import { resumeCancelled, ThrowStep, type Awaiter, type Reject, type Resolve, type Suspension } from './waiter.ts';

/** What a simulated operation is. */
export interface OperationPlan<T> {
  /** Name in schedules, traces and reports. */
  readonly label: string;
  /** What the operation does, at the moment it completes; its result, or its exception, is the operation's. */
  readonly work?: (() => T) | undefined;
  /** How long it takes, in milliseconds; null leaves that to the scheduler, see EventLoop.startOperation. */
  readonly latencyMs: number | null;
}

/** One for all that nobody waits for: most do so for a moment only. */
const noWaits: readonly OperationWait[] = [];

/** The functions of the promise that is being made: an executor of its own for each would be one object more. */
let made: { resolve: Resolve; reject: Reject } | null = null;
const executor = (resolve: Resolve, reject: Reject): void => {
  made = { resolve, reject };
};

/**
 * A simulated operation: the promise of its result. As with the host's own promises, whoever awaits it
 * goes on in the step in which it completes; unlike those it can be taken from a task that is
 * cancelled, and the wait graph knows it.
 *
 * How it knows who awaits: `await` and `then` read a promise's `constructor`, while the awaiting code is
 * on the stack, to see whether it is a plain Promise; the getter takes note and says yes.
 */
export class Operation<T = unknown> extends Promise<T> {
  readonly #loop: AsyncioEventLoop;
  readonly #label: string;
  readonly #work: (() => T) | undefined;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  readonly #handle: Handle;
  #waits: readonly OperationWait[] = noWaits;
  #done = false;
  #isShared = false;

  constructor(loop: AsyncioEventLoop, plan: OperationPlan<T>) {
    super(executor);
    const { resolve, reject } = made!;
    made = null;
    this.#loop = loop;
    this.#label = plan.label;
    this.#work = plan.work;
    this.#resolve = resolve;
    this.#reject = reject;
    const step = { label: plan.label, complete: () => this.#complete(), waiter: () => this.#onlyAwaiter() };
    this.#handle =
      plan.latencyMs === null
        ? loop.schedule(new CompletionStep(step, loop))
        : loop.scheduleTimer(new CompletionTimer(step, loop.time() + plan.latencyMs, loop.context));
  }

  /** Waits for it in a generator coroutine. */
  [Symbol.iterator](): Generator<Suspend, T, unknown> {
    return new Await<T>(this);
  }

  /** True once it has completed, or was cancelled. */
  done(): boolean {
    this.#loop.accessed(this, 'read');
    return this.#done;
  }

  /** For this package: `await` without its microtasks. */
  beginAwait(resolve: Resolve, reject: Reject): void {
    if (this.done()) super.then(resolve, reject);
    else this.#waitsFor(this.#loop.currentAwaiter(), resolve, reject);
  }

  /** Somebody is about to await it. */
  noteAwait(): void {
    if (this.done() || this.#isShared) return;
    const awaiter = this.#loop.currentAwaiter();
    if (awaiter === null || this.#waits.some((wait) => wait.lane === awaiter)) return;
    if (this.#waits.every((wait) => wait.resolve !== null)) this.#waitsFor(awaiter, null, null);
    else this.#share();
  }

  /**
   * Several tasks await the promise itself, and will go on in one step, which cannot be that of all:
   * they wait as for any native promise.
   */
  #share(): void {
    this.#isShared = true;
    for (const wait of this.#waits.filter(({ resolve }) => resolve === null)) {
      wait.resumed();
      wentAdrift(wait.lane as Task);
    }
    this.#waits = this.#waits.filter(({ resolve }) => resolve !== null);
  }

  /** True for operations, false for their prototype. */
  static is(value: object): value is Operation {
    return #done in value;
  }

  #waitsFor(awaiter: Awaiter | null, resolve: Resolve | null, reject: Reject | null): void {
    const wait = new OperationWait(awaiter, this, resolve, reject, this.#loop.context);
    this.#waits = this.#waits.length === 0 ? [wait] : [...this.#waits, wait];
    awaiter?.suspended(wait);
  }

  /** The task that goes on when it completes, if it is one, and waits for nothing else. */
  #onlyAwaiter(): Awaiter | null {
    const [wait, other] = this.#waits;
    return wait !== undefined && other === undefined && wait.next === null ? (wait.lane as Awaiter | null) : null;
  }

  #complete(): void {
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
    const waits = this.#waits;
    this.#waits = noWaits;
    let promised: OperationWait | null = null;
    for (const wait of waits) {
      wait.resumed();
      if (wait.resolve === null) promised ??= wait;
    }
    // Those that await the promise itself go on in microtasks: as the task whose step this is then.
    promised?.enter(this.#loop);
    if (promised === null || !resumeCancelled(promised.lane as Awaiter | null, this.#reject)) {
      // Whoever waits directly looks at the exception.
      if (failed && promised === null && waits.length > 0 && !this.#isShared) this.#looksAfterItself();
      if (failed) this.#reject(outcome);
      else this.#resolve(outcome);
    }
    for (const wait of waits) {
      if (wait.resolve === null) continue;
      wait.enter(this.#loop);
      if (resumeCancelled(wait.lane as Awaiter | null, wait.reject!)) continue;
      if (failed) wait.reject!(outcome);
      else wait.resolve(outcome);
    }
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
    const waits = this.#waits;
    this.#waits = noWaits;
    for (const other of waits) if (other !== wait) other.resumed();
    const reject = (error: unknown): void => {
      if (!this.#isShared && waits.every((one) => one.reject !== null)) this.#looksAfterItself();
      this.#reject(error);
      for (const one of waits) one.reject?.(error);
    };
    const error = new CancelledError(message);
    this.#loop.schedule(new ThrowStep(wait.lane as Awaiter, reject, error, wait.context, wait));
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

/** A task, or a callback, waits for an operation. Never scheduled itself. */
class OperationWait extends Handle implements Suspension {
  next: Suspension | null = null;
  readonly resolve: Resolve | null;
  readonly reject: Reject | null;
  readonly #operation: Operation;

  constructor(
    awaiter: Awaiter | null,
    operation: Operation,
    resolve: Resolve | null,
    reject: Reject | null,
    context: unknown,
  ) {
    super(awaiter, context);
    this.#operation = operation;
    this.resolve = resolve;
    this.reject = reject;
  }

  get future(): null {
    return null;
  }

  /** Its task waits no longer. */
  resumed(): void {
    (this.lane as Awaiter | null)?.resumed(this);
  }

  /** From here on the step is that of the task that waits. */
  enter(loop: AsyncioEventLoop): void {
    loop.currentLane = this.lane;
    loop.context = (this.lane as Awaiter | null)?.context ?? this.context;
  }

  cancelAwaited(message: string | undefined): boolean {
    return this.#operation.cancelFor(this, message);
  }

  describeAwaited(): string {
    return String(this.#operation);
  }

  run(): void {}

  get label(): string {
    return `${this.lane?.label ?? 'callback'} waits`;
  }
}

/** What both kinds of completion do. */
interface Step {
  readonly label: string;
  complete(): void;
  waiter(): Awaiter | null;
}

class CompletionStep extends Completion {
  readonly #step: Step;

  constructor(step: Step, loop: EventLoop) {
    super(step.complete, step, loop.context, loop.time());
    this.#step = step;
  }

  override get resumes(): Lane | null {
    return this.#step.waiter();
  }
}

class CompletionTimer extends TimerHandle {
  readonly #step: Step;

  constructor(step: Step, when: number, context: unknown) {
    super(when, null, context);
    this.#step = step;
  }

  run(): void {
    this.#step.complete();
  }

  override get resumes(): Lane | null {
    return this.#step.waiter();
  }

  get label(): string {
    return this.#step.label;
  }
}
