import type { Suspend } from './future.ts';

/**
 * What `yield*` runs to wait for one thing: yields it, and gives what the task goes on with. The same as
 * `(function* () { return yield awaited })()`, without the cost of a generator for each wait.
 */
export class Await<T> implements Generator<Suspend, T, unknown> {
  readonly #awaited: Suspend;
  #isAwaited = false;

  constructor(awaited: Suspend) {
    this.#awaited = awaited;
  }

  next(value?: unknown): IteratorResult<Suspend, T> {
    if (this.#isAwaited) return { done: true, value: value as T };
    this.#isAwaited = true;
    return { done: false, value: this.#awaited };
  }

  throw(error: unknown): IteratorResult<Suspend, T> {
    this.#isAwaited = true;
    throw error;
  }

  return(value: T): IteratorResult<Suspend, T> {
    this.#isAwaited = true;
    return { done: true, value };
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.#isAwaited = true;
  }

  get [Symbol.toStringTag](): string {
    return 'Await';
  }
}
