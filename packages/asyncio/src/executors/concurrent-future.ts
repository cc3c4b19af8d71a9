import { checkFunction } from '@timeloom/loop';
import { CancelledError, InvalidStateError } from '../errors.ts';
import { reprValue, showAsText } from '../repr.ts';

type State = 'pending' | 'running' | 'cancelled' | 'finished';

/**
 * The result of work outside of any loop. It calls its callbacks at once, in whoever's step ends it,
 * and cannot be cancelled once it runs. To await it in a task, see {@link wrapFuture}.
 *
 * Mirrors `concurrent.futures.Future`, except that `result` never blocks.
 */
export class ConcurrentFuture<T = unknown> {
  #state: State = 'pending';
  #failed = false;
  #outcome: unknown = undefined;
  #callbacks: ((future: ConcurrentFuture<T>) => void)[] = [];

  /** True once there is a result, an exception, or a cancellation. */
  done(): boolean {
    return this.#state === 'cancelled' || this.#state === 'finished';
  }

  /** True while the work is done, and cannot be cancelled. */
  running(): boolean {
    return this.#state === 'running';
  }

  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /** Cancels work that has not begun; false if that is too late. */
  cancel(): boolean {
    if (this.#state === 'running' || this.#state === 'finished') return false;
    if (this.#state === 'pending') this.#end('cancelled', undefined, false);
    return true;
  }

  /** The result. @throws the exception; CancelledError; InvalidStateError if it is not done. */
  result(): T {
    this.#checkDone('Result');
    if (this.#failed) throw this.#outcome;
    return this.#outcome as T;
  }

  /** The exception, null if there was none. @throws CancelledError; InvalidStateError if it is not done. */
  exception(): unknown {
    this.#checkDone('Exception');
    return this.#failed ? this.#outcome : null;
  }

  #checkDone(what: string): void {
    if (this.#state === 'cancelled') throw new CancelledError();
    if (this.#state !== 'finished') throw new InvalidStateError(`${what} is not set.`);
  }

  /**
   * Calls `callback(future)` when it is done, in the step that ends it; at once if it is done.
   *
   * @throws TypeError if it is not a function.
   */
  addDoneCallback(callback: (future: ConcurrentFuture<T>) => void): void {
    checkFunction('addDoneCallback()', callback);
    if (this.done()) callback(this);
    else this.#callbacks.push(callback);
  }

  /** A native promise of the result, for code outside of loops. */
  toPromise(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.addDoneCallback(() => {
        if (this.#state === 'cancelled') reject(new CancelledError());
        else if (this.#failed) reject(this.#outcome);
        else resolve(this.#outcome as T);
      });
    });
  }

  /**
   * For executors: the work begins; false if it was cancelled.
   *
   * @throws InvalidStateError if it has begun before.
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === 'cancelled') return false;
    if (this.#state !== 'pending') throw new InvalidStateError(`Future in unexpected state: ${this.#state}`);
    this.#state = 'running';
    return true;
  }

  /** For executors. @throws InvalidStateError if it is done. */
  setResult(result: T): void {
    this.#checkNotDone();
    this.#end('finished', result, false);
  }

  /** For executors. @throws InvalidStateError if it is done. */
  setException(error: unknown): void {
    this.#checkNotDone();
    this.#end('finished', error, true);
  }

  #checkNotDone(): void {
    if (this.done()) throw new InvalidStateError(`${this.#state}: ${this}`);
  }

  #end(state: State, outcome: unknown, failed: boolean): void {
    this.#state = state;
    this.#outcome = outcome;
    this.#failed = failed;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback(this);
  }

  toString(): string {
    const outcome = this.#failed ? ` raised ${reprValue(this.#outcome)}` : ` returned ${reprValue(this.#outcome)}`;
    return `<ConcurrentFuture ${this.#state}${this.#state === 'finished' ? outcome : ''}>`;
  }
}

showAsText(ConcurrentFuture.prototype);
