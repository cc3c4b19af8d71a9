import { checkFunction, Handle } from '@timeloom/loop';
import type { Context } from './context.ts';
import type { Future } from './future.ts';

/** A function registered with `addDoneCallback`; scheduled when the future is done. */
export class DoneCallback extends Handle {
  readonly future: Future;
  readonly callback: (future: Future) => void;
  readonly #inline: boolean;

  constructor(future: Future, callback: (future: Future) => void, inline: boolean) {
    checkFunction('addDoneCallback()', callback);
    super(null, future.loop.context);
    this.future = future;
    this.callback = callback;
    this.#inline = inline;
  }

  run(): void {
    this.callback(this.future);
  }

  override get inline(): boolean {
    return this.#inline;
  }

  get label(): string {
    return callbackLabel(this.callback);
  }
}

/** As {@link DoneCallback}, with a context of its own. */
export class DoneCallbackInContext extends DoneCallback {
  readonly #context: Context;

  constructor(future: Future, callback: (future: Future) => void, context: Context) {
    super(future, callback, false);
    this.#context = context;
  }

  override run(): void {
    this.#context.run(() => super.run());
  }
}

/** The name of a callback, for traces and reprs. */
export function callbackLabel(callback: { readonly name: string }): string {
  return `${callback.name === '' ? 'callback' : callback.name.replace(/^(bound )?#/, '')}()`;
}
