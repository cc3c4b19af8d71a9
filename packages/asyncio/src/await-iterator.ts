import type { Suspend } from './future.ts';

/**
 * What `yield*` runs to wait for one thing: yields it, and gives what the task goes on with. The same as
 * `(function* () { return yield awaited })()`, without the cost of a generator for each wait. It is the
 * result of its own {@link next}, too, which `yield*` looks at and hands on.
 */
export class Await<T> implements Generator<Suspend, T, unknown> {
  done = false;
  value: unknown;
  #isAwaited = false;

  constructor(awaited: Suspend) {
    this.value = awaited;
  }

  next(value?: unknown): IteratorResult<Suspend, T> {
    if (this.#isAwaited) this.return(value as T);
    this.#isAwaited = true;
    return this as IteratorResult<Suspend, T>;
  }

  throw(error: unknown): IteratorResult<Suspend, T> {
    this.return(undefined as T);
    throw error;
  }

  return(value: T): IteratorResult<Suspend, T> {
    this.#isAwaited = true;
    this.done = true;
    this.value = value;
    return this as IteratorResult<Suspend, T>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.return(undefined as T);
  }

  get [Symbol.toStringTag](): string {
    return 'Await';
  }
}
