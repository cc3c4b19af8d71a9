import { Handle } from '@timeloom/loop';
import type { ContextVar, Values } from './context.ts';
import { showAsText } from './repr.ts';

/** In the place of a callback whose code goes on behind an `await`: nobody knows which. */
export const behindAwait: object = {};

/** What {@link ContextVar.set} gives, for {@link ContextVar.reset}. Mirrors `contextvars.Token`. */
export class Token<T = unknown> {
  readonly variable: ContextVar<T>;
  /** The value before; undefined if there was none. */
  readonly oldValue: T | undefined;
  readonly hadValue: boolean;
  used = false;
  readonly #place: object | null;

  /** @param place whose variable was set: a context, a task, the handle of a callback, {@link behindAwait}. */
  constructor(variable: ContextVar<T>, values: Values, place: object | null) {
    this.variable = variable;
    this.#place = place;
    this.hadValue = values.has(variable);
    this.oldValue = values.get(variable) as T | undefined;
  }

  /** For this package: true if the variable of `place` was set, or that of a callback that may be the same. */
  isOf(place: object | null): boolean {
    if (this.#place === behindAwait) return place === behindAwait || place instanceof Handle;
    return place === this.#place || (place === behindAwait && this.#place instanceof Handle);
  }

  toString(): string {
    return `<Token${this.used ? ' used' : ''} var=${this.variable}>`;
  }
}

showAsText(Token.prototype);
