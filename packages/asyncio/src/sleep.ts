import { show, TimerHandle, type EventLoop } from '@timeloom/loop';
import { Coroutine, type Definition, mustBeAwaited } from './coroutine.ts';
import { currentLoop, getRunningLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { CancelledError } from './errors.ts';
import type { Suspend } from './future.ts';
import {
  resumeCancelled,
  ThrowStep,
  Waiter,
  type Awaiter,
  type Reject,
  type Resolve,
  type Suspension,
} from './waiter.ts';

/**
 * Waits for `delayMs` milliseconds of the loop's time; with 0 or less, for one step. Infinity waits
 * until the task is cancelled.
 *
 * Mirrors `asyncio.sleep`, in milliseconds.
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
  const coroutine = new Sleep(delayMs, result);
  // Sleeps are many: that one was forgotten is found in debug mode only.
  return currentLoop()?.getDebug() === true ? mustBeAwaited(coroutine) : coroutine;
}

const definition: Definition = { name: 'sleep', site: null };
const noBody = (): void => {};

class Sleep extends Coroutine {
  readonly #delay: number;
  readonly #result: unknown;

  constructor(delay: number, result: unknown) {
    super(definition, noBody);
    this.#delay = delay;
    this.#result = result;
  }

  // A sleep with an end is no part of a deadlock, so few will ask where it was awaited.
  protected override noteAwait(): void {
    if (this.#delay === Infinity || currentLoop()?.notesEveryAwait === true) super.noteAwait();
  }

  override *[Symbol.iterator](): Generator<Suspend, unknown, unknown> {
    this.noteAwait();
    return yield this;
  }

  override beginAwait(resolve: Resolve, reject: Reject): void {
    let loop: AsyncioEventLoop;
    try {
      this.call();
      loop = getRunningLoop();
    } catch (error) {
      reject(error);
      return;
    }
    const awaiter = loop.currentAwaiter();
    if (this.#delay <= 0) {
      const resume = this.#result === undefined ? resolve : () => resolve(this.#result);
      const turn = loop.schedule(new Waiter(awaiter, null, resume, reject, loop.context));
      awaiter?.suspended(turn);
      return;
    }
    const timer = new SleepTimer(loop, this.#delay, awaiter, resolve, reject, this.#result);
    if (this.#delay !== Infinity) loop.scheduleTimer(timer);
    awaiter?.suspended(timer);
  }
}

/**
 * A sleep in progress: the timer, and then the wake-up of the sleeper one turn later. CPython has a
 * timer, a future and a wake-up for it; one object makes the same two steps.
 */
class SleepTimer extends TimerHandle implements Suspension {
  next: Suspension | null = null;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  readonly #result: unknown;
  #fired = false;

  constructor(
    loop: AsyncioEventLoop,
    delay: number,
    awaiter: Awaiter | null,
    resolve: Resolve,
    reject: Reject,
    result: unknown,
  ) {
    super(loop.time() + delay, awaiter, loop.context);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#result = result;
  }

  run(loop: EventLoop): void {
    if (!this.#fired) {
      this.#fired = true;
      loop.schedule(this);
      return;
    }
    const awaiter = this.lane as Awaiter | null;
    if (awaiter !== null) {
      awaiter.resumed(this);
      loop.context = awaiter.context;
    }
    if (!resumeCancelled(awaiter, this.#reject)) this.#resolve(this.#result);
  }

  override get inline(): boolean {
    return !this.#fired;
  }

  get future(): null {
    return null;
  }

  cancelAwaited(message: string | undefined): boolean {
    if (this.#fired || this.cancelled()) return false;
    this.cancel();
    const awaiter = this.lane as Awaiter;
    awaiter.loop.schedule(new ThrowStep(awaiter, this.#reject, new CancelledError(message), this.context, this));
    return true;
  }

  describeAwaited(): string {
    return this.#fired ? '<Future finished result=undefined>' : '<Future pending cb=[Task.task_wakeup()]>';
  }

  get label(): string {
    const sleeper = this.lane?.label ?? 'sleep()';
    return this.#fired ? `${sleeper} resumes` : `${sleeper}: sleep ends`;
  }
}
