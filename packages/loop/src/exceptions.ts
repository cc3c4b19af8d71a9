import { checkFunction } from './check.ts';
import type { EventLoop } from './event-loop.ts';
import type { Handle } from './handle.ts';
import { reportError } from './host-binding.ts';

/** What an exception handler gets. */
export interface ExceptionReport {
  /** What happened, e.g. `Exception in callback f()`. */
  readonly message: string;
  readonly exception?: unknown;
  readonly handle?: Handle;
  /** The future or task concerned. */
  readonly future?: unknown;
}

export type ExceptionHandler = (loop: EventLoop, report: ExceptionReport) => void;

/** Where exceptions go that no caller can catch. */
export class ExceptionReporter {
  readonly #loop: EventLoop;
  handler: ExceptionHandler | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** @throws TypeError if `handler` is neither a function nor null. */
  setHandler(handler: ExceptionHandler | null): void {
    if (handler !== null) checkFunction('setExceptionHandler()', handler);
    this.handler = handler;
  }

  report(report: ExceptionReport): void {
    if (this.handler === null) {
      log(report);
      return;
    }
    try {
      this.handler(this.#loop, report);
    } catch (error) {
      log(report);
      log({ message: 'Unhandled error in exception handler', exception: error });
    }
  }
}

function log({ message, exception }: ExceptionReport): void {
  if (exception === undefined) reportError(message);
  else reportError(`${message}:`, exception);
}
