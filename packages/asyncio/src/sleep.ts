import { show, TimerHandle, type EventLoop } from '@timeloom/loop';
import { Coroutine, mustBeAwaited, reused, type Definition } from './coroutine.ts';
import { currentLoop, getRunningLoop } from './current.ts';
import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Future, Suspend } from './future.ts';
import { inspect } from './repr.ts';
import { lastResolve, PromisedTimer, takeResolve } from './promised-timer.ts';
import { Phase, phaseBits } from './sleep-phase.ts';
import type { Unbegun } from './unbegun.ts';
import { ThrowStep, Waiter, type Awaiter, type Reject, type Resolve, type Suspension } from './waiter.ts';

/**
 * Waits for `delayMs` milliseconds of the loop's time; with 0 or less, for one step. Infinity waits
 * until the task is cancelled.
 *
 * Mirrors `asyncio.sleep`, in milliseconds. A sleep that was begun by `await` may be awaited again,
 * as promises may.
 *
 * @param result what the sleep gives when it ends.
 * @throws TypeError if `delayMs` is not a number. @throws RangeError if it is NaN.
 */
export function sleep(delayMs: number): Coroutine<void>;
export function sleep<T>(delayMs: number, result: T): Coroutine<T>;
export function sleep(delayMs: number, result?: unknown): Coroutine {
  if (typeof delayMs !== 'number') {
    throw new TypeError(`delayMs must be a number of milliseconds, got ${show(delayMs)}`);
  }
  if (Number.isNaN(delayMs)) throw new RangeError('delayMs must be a number of milliseconds, got NaN');
  const coroutine = new Sleep(delayMs, result) as unknown as Coroutine;
  // Sleeps are many: that one was forgotten is found in debug mode only.
  return currentLoop()?.getDebug() === true ? mustBeAwaited(coroutine) : coroutine;
}

const definition: Definition = { name: 'sleep', site: null, body: sleep };

/**
 * A sleep is three things in one object: a coroutine; the timer that ends it, which one turn later
 * is the wake-up of the sleeper (CPython has a timer, a future and a wake-up); and a promise.
 *
 * For `await x` the engine makes a promise of x, with two functions to resolve it, which it hands to
 * x.then in a microtask: objects that the garbage collector copies while the task sleeps. A promise
 * it takes as it is, provided that x.constructor is Promise, and it reads that while the awaiting
 * code is on the stack. So reading it begins the sleep, which is an ordinary promise from then on.
 * Everybody else (`yield*`, `createTask`) finds a coroutine.
 *
 * What prints or compares objects may read the constructor too. Such code reads `inspect.custom` or
 * `Symbol.toStringTag` before, and a sleep that was looked at stays cold: `await` calls its `then`.
 */
class Sleep extends PromisedTimer implements Suspension, Pick<Coroutine, keyof Coroutine> {
  override lane: Awaiter | null = null;
  /** Undefined on the prototype, as a task has its own. */
  declare context: unknown;
  override sequence = 0;
  declare isCancelled: boolean;
  /** The delay; from the beginning on, the deadline. */
  override when: number;
  override queue: TimerHandle['queue'] = null;
  /** Null on the prototype, as few sleeps are tasks of their own. */
  declare task: Future | null;
  /** Null on the prototype, as sleeps are counted in debug mode only. */
  declare unbegun: Unbegun | null;
  /** Its phase, and in the higher bits its position: one field, because a program may hold a million sleeps. */
  #phase = 0;
  #resolve: Resolve;
  /** Null where `#resolve` is the promise's own. */
  #reject: Reject | null = null;
  /** Undefined on the prototype, as few sleeps give anything. */
  declare private readonly result: unknown;

  static {
    Object.setPrototypeOf(Sleep.prototype, TimerHandle.prototype);
    const toText = (Coroutine.prototype as unknown as { [inspect]: () => string })[inspect];
    Object.defineProperties(Sleep.prototype, {
      task: { value: null, writable: true },
      unbegun: { value: null, writable: true },
      context: { value: undefined, writable: true },
      result: { value: undefined, writable: true },
      isCancelled: {
        get(this: Sleep): boolean {
          return (this.#phase & Phase.cancelled) !== 0;
        },
        set(this: Sleep, cancelled: boolean) {
          if (cancelled) this.#phase |= Phase.cancelled;
        },
      },
      constructor: {
        get(this: Sleep): unknown {
          return #phase in this && this.isPromise() ? Promise : Coroutine;
        },
      },
      [inspect]: {
        get(this: Sleep): () => string {
          this.lookedAt();
          return toText;
        },
      },
    });
  }

  constructor(delay: number, result: unknown) {
    super(takeResolve);
    this.#resolve = lastResolve;
    this.when = delay;
    if (result !== undefined) this.result = result;
  }

  // ---------------------------------------------------------------- the promise

  /** Begins a cold sleep; true if it is a promise now. */
  private isPromise(): boolean {
    if (this.#phase !== 0) return this.is(Phase.promise);
    const loop = currentLoop();
    if (loop === null) return false;
    this.noteAwait();
    this.countOut();
    this.#phase = Phase.begun | Phase.promise;
    this.begin(loop);
    return true;
  }

  private is(phase: number): boolean {
    return (this.#phase & phase) !== 0;
  }

  private lookedAt(): void {
    if (this.#phase === 0) this.#phase = Phase.seen;
  }

  get then(): PromiseLike<unknown>['then'] {
    if (this.is(Phase.promise)) return Promise.prototype.then;
    return Reflect.get(Coroutine.prototype, 'then', this) as PromiseLike<unknown>['then'];
  }

  // `Promise.resolve(sleep(5))` is the sleep itself, so it has to have these.

  get catch(): unknown {
    return this.is(Phase.promise) ? Promise.prototype.catch : undefined;
  }

  get finally(): unknown {
    return this.is(Phase.promise) ? Promise.prototype.finally : undefined;
  }

  // ---------------------------------------------------------------- the coroutine

  get isCoroutine(): true {
    return true;
  }

  get definition(): Definition {
    return definition;
  }

  get started(): boolean {
    return this.is(Phase.begun);
  }

  get isAsyncFunction(): boolean {
    return false;
  }

  close(): void {
    this.countOut();
    this.#phase |= Phase.begun;
  }

  countOut(): boolean {
    const { unbegun } = this;
    if (unbegun === null) return false;
    unbegun.count--;
    this.unbegun = null;
    return true;
  }

  *[Symbol.iterator](): Generator<Suspend, unknown, unknown> {
    this.noteAwait();
    return yield this;
  }

  beginAwait(resolve: Resolve, reject: Reject): undefined {
    let loop: AsyncioEventLoop;
    try {
      if (this.started) throw reused();
      this.countOut();
      this.#phase |= Phase.begun;
      loop = getRunningLoop();
    } catch (error) {
      reject(error);
      return;
    }
    this.#resolve = resolve;
    this.#reject = reject;
    this.begin(loop);
  }

  /** A sleep with an end is no part of a deadlock, so few will ask where it was awaited. */
  noteAwait(): void {
    const loop = currentLoop();
    if (this.when === Infinity || loop?.notesEveryAwait === true) loop?.noteAwait();
  }

  override toString(): string {
    return Coroutine.prototype.toString.call(this);
  }

  describe(done: boolean): string {
    return Coroutine.prototype.describe.call(this, done);
  }

  get [Symbol.toStringTag](): string {
    this.lookedAt();
    return 'Coroutine';
  }

  // ---------------------------------------------------------------- the timer

  private begin(loop: AsyncioEventLoop): void {
    const awaiter = loop.currentAwaiter();
    if (this.when <= 0) {
      this.yieldOnce(loop, awaiter);
      return;
    }
    this.lane = awaiter;
    if (awaiter === null) this.context = loop.context;
    this.when += loop.time();
    if (this.when !== Infinity) loop.scheduleTimer(this);
    awaiter?.suspended(this);
  }

  // Apart from #begin, which would make a context for these functions each time.
  private yieldOnce(loop: AsyncioEventLoop, awaiter: Awaiter | null): void {
    const resume = this.result === undefined ? this.#resolve : () => this.#resolve(this.result);
    const fail = this.#reject ?? ((error) => this.fail(error));
    const turn = loop.schedule(new Waiter(awaiter, null, resume, fail, loop.context));
    awaiter?.suspended(turn);
  }

  override run(loop: EventLoop): void {
    if (!this.is(Phase.fired)) {
      this.#phase |= Phase.fired;
      loop.schedule(this);
      return;
    }
    const awaiter = this.lane;
    if (awaiter !== null) {
      awaiter.resumed(this);
      loop.context = awaiter.context;
    }
    const cancellation = awaiter?.takeCancellation() ?? null;
    if (cancellation === null) this.#resolve(this.result);
    else this.fail(cancellation);
  }

  private fail(exception: unknown): void {
    if (this.#reject === null) this.#resolve(Promise.reject(exception));
    else this.#reject(exception);
  }

  override get inline(): boolean {
    return !this.is(Phase.fired);
  }

  override readAhead(): number {
    const read = this.is(Phase.fired) || typeof this.#resolve !== 'function' || this.result !== undefined ? 1 : 0;
    return read | (this.lane?.readAhead() ?? 0);
  }

  get position(): number {
    return this.#phase >> phaseBits;
  }

  set position(position: number) {
    this.#phase = (position << phaseBits) | (this.#phase & ((1 << phaseBits) - 1));
  }

  get future(): null {
    return null;
  }

  cancelAwaited(message: string | undefined): boolean {
    if (this.is(Phase.fired) || this.cancelled()) return false;
    this.cancel();
    const { loop } = this.lane!;
    const fail: Reject = (error) => this.fail(error);
    loop.schedule(new ThrowStep(this.lane, fail, new CancelledError(message), this.context, this));
    return true;
  }

  describeAwaited(): string {
    return this.is(Phase.fired) ? '<Future finished result=undefined>' : '<Future pending cb=[Task.task_wakeup()]>';
  }

  override get label(): string {
    const sleeper = this.lane?.label ?? 'sleep()';
    return this.is(Phase.fired) ? `${sleeper} resumes` : `${sleeper}: sleep ends`;
  }
}
