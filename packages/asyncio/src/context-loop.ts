import {
  checkFunction,
  EventLoop,
  type CallOptions,
  type ExceptionReport,
  type Handle,
  type TimerHandle,
} from '@timeloom/loop';
import { checkContext, Context, type Values } from './context.ts';
import { Coroutine, isCoroutineFunction } from './coroutine.ts';

/** What `callSoon` and its kind accept. */
export interface CallbackOptions extends CallOptions {
  /** Where the callback's context variables are; default: a copy of the current ones. */
  readonly context?: Context | undefined;
}

/** An EventLoop whose callbacks run in a context. Mirrors the `context` argument of asyncio's `call_soon` and its kind. */
export class ContextLoop extends EventLoop {
  #debug = false;

  /** See {@link setDebug}. */
  getDebug(): boolean {
    return this.#debug;
  }

  /** Checks more, at some cost: what is passed as a callback, coroutines that are forgotten, slow steps. */
  setDebug(enabled: boolean): void {
    this.#debug = Boolean(enabled);
  }

  override callSoon(callback: () => unknown, options?: CallbackOptions): Handle {
    return super.callSoon(this.#prepare('callSoon()', callback, options), options);
  }

  override callSoonThreadsafe(callback: () => unknown, options?: CallbackOptions): Handle {
    return super.callSoonThreadsafe(callback, options);
  }

  override callLater(delayMs: number, callback: () => unknown, options?: CallbackOptions): TimerHandle {
    return super.callLater(delayMs, callback, options);
  }

  override callAt(whenMs: number, callback: () => unknown, options?: CallbackOptions): TimerHandle {
    return super.callAt(whenMs, this.#prepare('callAt()', callback, options), options);
  }

  /** As in EventLoop; the handler sees the context variables of the task or handle concerned (CPython since 3.12). */
  override callExceptionHandler(report: ExceptionReport): void {
    const concerned: unknown = report.future ?? report.handle;
    if (typeof concerned !== 'object' || concerned === null || !('context' in concerned)) {
      super.callExceptionHandler(report);
    } else {
      withCopyOf(concerned.context, () => super.callExceptionHandler(report));
    }
  }

  #prepare(method: string, callback: () => unknown, options: CallbackOptions | undefined): () => unknown {
    if (this.#debug) refuseCoroutines(method, callback);
    const context = options?.context;
    return context === undefined ? callback : inContext(method, callback, context);
  }
}

/** Calls `action` with a copy of `values`. */
function withCopyOf(values: unknown, action: () => void): void {
  const context = new Context();
  if (values !== undefined) context.assign(values as Values);
  context.run(action);
}

function inContext(method: string, callback: () => unknown, context: Context): () => unknown {
  checkFunction(method, callback);
  checkContext(context);
  const run = (): unknown => context.run(callback);
  Object.defineProperty(run, 'name', { value: callback.name });
  return run;
}

/** @throws TypeError for a coroutine or a coroutine function: they would be created, and never run. */
export function refuseCoroutines(method: string, callback: unknown): void {
  if (callback instanceof Coroutine || isCoroutineFunction(callback)) {
    throw new TypeError(`coroutines cannot be used with ${method}: use createTask()`);
  }
}
