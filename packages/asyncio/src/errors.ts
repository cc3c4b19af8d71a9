import { TimeloomError } from '@timeloom/loop';

/**
 * Thrown into a task where it awaits, when it is cancelled. It ends the task as cancelled, not as
 * failed. Code that catches everything must let it through: see {@link isCancelled}.
 *
 * Mirrors `asyncio.CancelledError`, which is no `Exception` in Python for the same reason.
 */
export class CancelledError extends TimeloomError {
  /** The message given to `cancel`; undefined if there was none. */
  readonly reason: string | undefined;

  constructor(reason?: string) {
    super('TIMELOOM_CANCELLED', reason ?? '');
    this.reason = reason;
  }
}

/** True for a CancelledError; use it in a `catch` that is meant for failures only. */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}

/** The operation needs a future in another state. Mirrors `asyncio.InvalidStateError`. */
export class InvalidStateError extends TimeloomError {
  constructor(message: string) {
    super('TIMELOOM_INVALID_STATE', message);
  }
}

/** A timeout expired. Mirrors `asyncio.TimeoutError`. */
export class TimeoutError extends TimeloomError {
  constructor(message = '') {
    super('TIMELOOM_TIMEOUT', message);
  }
}

/** The variable has no value here and no default. Mirrors the LookupError of Python's contextvars. */
export class LookupError extends TimeloomError {
  constructor(message: string) {
    super('TIMELOOM_LOOKUP', message);
  }
}
