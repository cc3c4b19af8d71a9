import { show, TimerHandle, type EventLoop } from '@timeloom/loop';
import { Coroutine, type Definition } from './coroutine.ts';
import { getRunningLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Future, type Suspend } from './future.ts';
import { Waiter, type Reject, type Resolve } from './waiter.ts';

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
  return new Sleep(delayMs, result);
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

  override *[Symbol.iterator](): Generator<Suspend, unknown, unknown> {
    getRunningLoop().noteAwait();
    return yield this;
  }

  override beginAwait(resolve: Resolve, reject: Reject): void {
    let loop: AsyncioEventLoop;
    try {
      this.takeBody();
      loop = getRunningLoop();
    } catch (error) {
      reject(error);
      return;
    }
    if (this.#delay > 0) this.#wait(loop, resolve, reject);
    else loop.schedule(new Waiter(loop.currentAwaiter(), null, () => resolve(this.#result), reject, loop.context));
  }

  #wait(loop: AsyncioEventLoop, resolve: Resolve, reject: Reject): void {
    const future = new SleepFuture(loop, this.#delay);
    if (this.#delay !== Infinity) {
      const when = loop.time() + this.#delay;
      future.timer = loop.scheduleTimer(new SleepTimer(when, future, this.#result));
    }
    future.beginAwait(resolve, reject);
  }
}

/** What a sleeping task waits for. It takes its timer along when it is cancelled. */
class SleepFuture extends Future {
  readonly #delay: number;
  timer: SleepTimer | null = null;

  constructor(loop: AsyncioEventLoop, delay: number) {
    super(loop);
    this.#delay = delay;
  }

  override cancel(message?: string): boolean {
    this.timer?.cancel();
    return super.cancel(message);
  }

  get delay(): number {
    return this.#delay;
  }
}

class SleepTimer extends TimerHandle {
  readonly #future: SleepFuture;
  readonly #result: unknown;

  constructor(when: number, future: SleepFuture, result: unknown) {
    super(when, null, undefined);
    this.#future = future;
    this.#result = result;
  }

  run(_loop: EventLoop): void {
    if (!this.#future.done()) this.#future.setResult(this.#result);
  }

  override get inline(): boolean {
    return true;
  }

  get label(): string {
    const sleeper = this.#future.pendingCallbacks()[0]?.lane?.label;
    return `sleep(${this.#future.delay})${sleeper === undefined ? '' : ` of ${sleeper}`} ends`;
  }
}
