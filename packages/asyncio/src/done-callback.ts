import { checkFunction, Handle, type EventLoop } from '@timeloom/loop';
import type { Context } from './context.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Future, InlineCallback } from './future.ts';

/** A function registered with `addDoneCallback`; scheduled when the future is done. */
export class DoneCallback extends Handle {
  readonly future: Future;
  readonly callback: (future: Future) => void;

  constructor(future: Future, callback: (future: Future) => void) {
    checkFunction('addDoneCallback()', callback);
    super(null, future.loop.context);
    this.future = future;
    this.callback = callback;
  }

  run(): void {
    this.callback(this.future);
  }

  get label(): string {
    return callbackLabel(this.callback);
  }
}

/** As {@link DoneCallback}, with a context of its own. */
export class DoneCallbackInContext extends DoneCallback {
  readonly #context: Context;

  constructor(future: Future, callback: (future: Future) => void, context: Context) {
    super(future, callback);
    this.#context = context;
  }

  override run(): void {
    this.#context.run(() => super.run());
  }
}

/** Library code that runs when a future is done. Made by {@link inlineStep}. */
export class InlineStep extends Handle {
  /** Null between two uses. */
  future: Future | null = null;
  callback: InlineCallback | null = null;

  override run(loop: EventLoop): void {
    this.callback!(this.future!);
    if ((loop as AsyncioEventLoop).stepsAreUnseen) keep(this);
  }

  override get inline(): boolean {
    return true;
  }

  get label(): string {
    return callbackLabel(this.callback!);
  }
}

// Every task that is gathered has such a step when it ends, seldom two at a time: one that has run is used again.
let spare: InlineStep | null = null;

/** A step that calls `callback(future)`. */
export function inlineStep(future: Future, callback: InlineCallback): InlineStep {
  const step = spare ?? new InlineStep(null, undefined);
  spare = null;
  step.future = future;
  step.callback = callback;
  step.context = future.loop.context;
  return step;
}

function keep(step: InlineStep): void {
  step.future = null;
  step.callback = null;
  step.context = undefined;
  spare = step;
}

/** The name of a callback, for traces and reprs. */
export function callbackLabel(callback: { readonly name: string }): string {
  return `${callback.name === '' ? 'callback' : callback.name.replace(/^(bound )?#/, '')}()`;
}
