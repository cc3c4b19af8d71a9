import { RuntimeError, show } from '@timeloom/loop';
import { currentLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Suspend } from './future.ts';
import { isNativePromise, startAwait, ThrowStep, type Awaiter, type Reject, type Resolve } from './waiter.ts';

/**
 * Runs a generator coroutine: each thing that it yields is awaited, and the generator goes on with
 * the result or the exception. Between two suspensions it runs synchronously.
 */
export function drive(generator: Generator<Suspend, unknown, unknown>, resolve: Resolve, reject: Reject): void {
  new Driver(generator, resolve, reject).begin();
}

class Driver {
  readonly #generator: Generator<Suspend, unknown, unknown>;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  // What is awaited gets these two, however much that is.
  readonly #goOn: Resolve = this.#next.bind(this);
  readonly #fail: Reject = this.#throw.bind(this);

  constructor(generator: Generator<Suspend, unknown, unknown>, resolve: Resolve, reject: Reject) {
    this.#generator = generator;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    this.#next(undefined);
  }

  #next(value: unknown): void {
    let result: IteratorResult<Suspend, unknown>;
    try {
      result = this.#generator.next(value);
    } catch (error) {
      this.#reject(error);
      return;
    }
    this.#advanced(result);
  }

  #throw(error: unknown): void {
    let result: IteratorResult<Suspend, unknown>;
    try {
      result = this.#generator.throw(error);
    } catch (thrown) {
      this.#reject(thrown);
      return;
    }
    this.#advanced(result);
  }

  #advanced(result: IteratorResult<Suspend, unknown>): void {
    if (result.done === true) this.#resolve(result.value);
    else this.#suspend(result.value);
  }

  #suspend(awaited: unknown): void {
    if (typeof awaited !== 'object' || awaited === null || !('then' in awaited)) this.#refuse(awaited);
    else if (isNativePromise(awaited)) this.#follow(awaited);
    else startAwait(awaited as Suspend, this.#goOn, this.#fail);
  }

  #follow(promise: Promise<unknown>): void {
    const loop = currentLoop();
    follow(promise, loop, loop?.currentAwaiter() ?? null, this.#goOn, this.#fail);
  }

  /** As CPython: the task hears of it one step later. */
  #refuse(awaited: unknown): void {
    const error = new RuntimeError(`Task got bad yield: ${show(awaited)}`);
    const loop = currentLoop();
    if (loop === null) this.#throw(error);
    else loop.schedule(new ThrowStep(loop.currentAwaiter(), this.#fail, error, loop.context));
  }
}

/** What waits for a native promise, which settles in anybody's step, goes on as the task that it is part of. */
export function follow(
  promise: Promise<unknown>,
  loop: AsyncioEventLoop | null,
  task: Awaiter | null,
  resolve: Resolve,
  reject: Reject,
): void {
  promise.then(
    (value) => inLane(loop, task, () => resolve(value)),
    (error: unknown) => inLane(loop, task, () => reject(error)),
  );
}

function inLane(loop: AsyncioEventLoop | null, task: Awaiter | null, action: () => void): void {
  if (loop === null || task === null) {
    action();
    return;
  }
  const { currentLane, context } = loop;
  loop.currentLane = task;
  loop.context = task.context;
  try {
    action();
  } finally {
    loop.currentLane = currentLane;
    loop.context = context;
  }
}
