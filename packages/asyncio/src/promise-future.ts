import { CancelledError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Flag } from './future-state.ts';
import { Future } from './future.ts';

/**
 * A Future that follows a native promise. The work behind the promise has begun and is nobody's task, so
 * it takes no step to start it, and cancelling ends the Future alone.
 */
export class PromiseFuture<T = unknown> extends Future<T> {
  constructor(loop: AsyncioEventLoop, promise: PromiseLike<T>) {
    super(loop);
    promise.then(
      (value) => {
        if (!this.#isTooLate()) this.settle(Flag.done, value);
      },
      (error: unknown) => {
        if (!this.#isTooLate()) this.rejected(error);
      },
    );
  }

  protected rejected(error: unknown): void {
    if (error instanceof CancelledError) this.cancel(error.reason);
    else this.fail(error);
  }

  #isTooLate(): boolean {
    return this.loop.isClosed() || this.done();
  }

  override get isForeign(): boolean {
    return !this.done();
  }
}
