import { checkFunction, RuntimeError } from '@timeloom/loop';
import { coroutine, type Coroutine } from './coroutine.ts';
import { currentLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Suspend } from './future.ts';
import { gather } from './gather.ts';

/**
 * Makes an async generator function whose generators the loop knows: one that is dropped before its
 * end is closed by `loop.shutdownAsyncgens()`, which `run` does, so that its `finally` blocks run.
 *
 * CPython hooks the first iteration of every async generator. JavaScript has no such hook, hence the
 * wrapper. A `for await` that is left early needs none: it closes its generator in place.
 *
 * @throws TypeError if it is not a function.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever the body is sent
export function asyncGenerator<A extends unknown[], G extends AsyncGenerator<unknown, unknown, any>>(
  body: (...args: A) => G,
): (...args: A) => G {
  checkFunction('asyncGenerator()', body);
  const name = body.name === '' ? 'asyncGenerator' : body.name;
  const create = (...args: A): G => new KnownGenerator(name, body(...args)) as unknown as G;
  Object.defineProperty(create, 'name', { value: name });
  return create;
}

/** An async generator that tells its loop when it begins and when it has ended. */
class KnownGenerator<T, R, N> implements AsyncGenerator<T, R, N> {
  readonly name: string;
  readonly #generator: AsyncGenerator<T, R, N>;
  #loop: AsyncioEventLoop | null = null;
  #begun = false;
  #running = 0;

  constructor(name: string, generator: AsyncGenerator<T, R, N>) {
    this.name = name;
    this.#generator = generator;
  }

  next(...value: [] | [N]): Promise<IteratorResult<T, R>> {
    if (!this.#begun) {
      this.#begun = true;
      this.#loop = currentLoop();
      this.#loop?.asyncGenerators.began(this);
    }
    return this.#follow(this.#generator.next(...value));
  }

  return(value: R | PromiseLike<R>): Promise<IteratorResult<T, R>> {
    return this.#follow(this.#generator.return(value));
  }

  throw(error: unknown): Promise<IteratorResult<T, R>> {
    return this.#follow(this.#generator.throw(error));
  }

  /** Ends it where it stands. @throws RuntimeError if it is waiting for something of its own. */
  async close(): Promise<void> {
    if (this.#running > 0) throw new RuntimeError(`${this.name}() cannot be closed: it is running`);
    await this.return(undefined as R);
  }

  async #follow(result: Promise<IteratorResult<T, R>>): Promise<IteratorResult<T, R>> {
    this.#running++;
    let ended = true;
    try {
      const { done = false } = await result;
      ended = done;
      return await result;
    } finally {
      this.#running--;
      if (ended) this.#loop?.asyncGenerators.ended(this);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return(undefined as R);
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncGenerator';
  }
}

/** The async generators of a loop that have begun and not ended, in the order in which they began. */
export class AsyncGenerators {
  readonly #loop: AsyncioEventLoop;
  readonly #open = new Set<KnownGenerator<unknown, unknown, unknown>>();
  #isShutDown = false;

  constructor(loop: AsyncioEventLoop) {
    this.#loop = loop;
  }

  began(generator: object): void {
    const known = generator as KnownGenerator<unknown, unknown, unknown>;
    this.#open.add(known);
    if (!this.#isShutDown) return;
    const message = `asynchronous generator ${known.name}() was scheduled after loop.shutdownAsyncgens() call`;
    this.#loop.callExceptionHandler({ message });
  }

  ended(generator: object): void {
    this.#open.delete(generator as KnownGenerator<unknown, unknown, unknown>);
  }

  /** See AsyncioEventLoop.shutdownAsyncgens. */
  shutdown(): Coroutine<void> {
    return AsyncGenerators.#shutdown(this);
  }

  static readonly #shutdown = coroutine(function* shutdownAsyncgens(
    generators: AsyncGenerators,
  ): Generator<Suspend, void, unknown> {
    generators.#isShutDown = true;
    const open = [...generators.#open];
    generators.#open.clear();
    if (open.length === 0) return;
    const outcomes = yield* gather(
      open.map((generator) => () => generator.close()),
      { returnExceptions: true },
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (!(outcome instanceof Error)) continue;
      const message = `an error occurred during closing of asynchronous generator ${open[index]!.name}()`;
      generators.#loop.callExceptionHandler({ message, exception: outcome });
    }
  });
}
