import { CallbackHandle, type CallOptions } from './handle.ts';

/**
 * The completion of a simulated operation: a request, a file, a message. How long the operation takes
 * is nobody's promise, so a Scheduler may let anything else go first: handles of later turns, and
 * timers up to `runAheadMs` after the start of the oldest operation that is pending. Without a
 * Scheduler it completes in the next turn.
 */
export class Operation extends CallbackHandle {
  readonly #startedAt: number;

  constructor(complete: () => unknown, options: CallOptions | undefined, context: unknown, now: number) {
    super(complete, options, context);
    this.#startedAt = now;
  }

  override get deferrable(): boolean {
    return true;
  }

  override get readySince(): number {
    return this.#startedAt;
  }
}
