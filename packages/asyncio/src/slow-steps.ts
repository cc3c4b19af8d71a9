import { checkFunction, type Handle, type Instrument } from '@timeloom/loop';
import type { AsyncioEventLoop } from './event-loop.ts';

/** Hears of a step that took long. */
export type SlowStepHandler = (handle: Handle, durationMs: number) => void;

/**
 * Watches, in debug mode, for steps that take long on the loop's clock: code that blocks. Mirrors
 * the slow-callback log of asyncio's debug mode.
 */
export class SlowSteps implements Instrument {
  readonly #loop: AsyncioEventLoop;
  #handler: SlowStepHandler | null = null;
  /** Null until a whole step was seen: debug mode may be switched on in the middle of one. */
  #started: number | null = null;

  constructor(loop: AsyncioEventLoop) {
    this.#loop = loop;
  }

  /** @throws TypeError if it is neither a function nor null. */
  setHandler(handler: SlowStepHandler | null): void {
    if (handler !== null) checkFunction('setSlowStepHandler()', handler);
    this.#handler = handler;
  }

  stepStarted(_handle: Handle, time: number): void {
    this.#started = time;
  }

  stepEnded(handle: Handle, time: number): void {
    if (this.#started === null) return;
    const duration = time - this.#started;
    if (!this.#loop.getDebug() || duration < this.#loop.slowStepMs) return;
    if (this.#handler !== null) this.#handler(handle, duration);
    else this.#loop.callExceptionHandler({ message: describeSlowStep(handle, duration), handle });
  }
}

/** `Executing <Task …> took 0.300 seconds`, as asyncio logs it. */
export function describeSlowStep(handle: Handle, durationMs: number): string {
  const what = handle.lane === null ? handle : handle.lane;
  return `Executing ${String(what)} took ${(durationMs / 1000).toFixed(3)} seconds`;
}
