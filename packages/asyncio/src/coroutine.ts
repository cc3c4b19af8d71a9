import { checkFunction, RuntimeError, show } from '@timeloom/loop';
import { currentLoop } from './current.ts';
import { drive } from './drive.ts';
import { makeFirstSteps } from './first-step.ts';
import type { Future, Suspend } from './future.ts';
import { showAsText } from './repr.ts';
import { captureSite, shortSite, type Site } from './site.ts';
import { Unbegun } from './unbegun.ts';
import { startAwait, type Reject, type Resolve, type Startable } from './waiter.ts';

/** What a coroutine is a call of. */
export interface Definition {
  readonly name: string;
  readonly site: Site | null;
  /** A function, async or generator, whose call is the first step. */
  readonly body: (...args: never[]) => unknown;
}

/** In the place of an argument that was not given. */
const none: unique symbol = Symbol('none');

/** In the place of the second argument of three or more. */
const many: unique symbol = Symbol('many');

/** In the place of the first argument of a coroutine that has begun, or never will. */
const gone: unique symbol = Symbol('gone');

const AsyncFunction = (async () => {}).constructor as new () => object;

/**
 * A call that has not begun. It starts when it is awaited (in the awaiting task, at no cost in
 * steps) or when its own task takes its first step. It can be awaited once.
 *
 * Mirrors Python's coroutine objects. Made by the functions that {@link coroutine} returns.
 */
export class Coroutine<T = unknown> implements PromiseLike<T>, Startable {
  // Few fields, as a program may start a million tasks. Two arguments have some: an array would be two objects more.
  /** Its definition; until it begins, by way of where it is counted if it is. */
  #origin: Definition | Unbegun;
  /** The first task that was made of it. Set by the task only. */
  task: Future | null = null;
  /** {@link none}; or an argument; or all of them if the second is {@link many}; or {@link gone}. */
  #first: unknown;
  #second: unknown;

  /** @param first the first argument of the body; the array of all if they are more than two. */
  constructor(definition: Definition, argumentCount = 0, first?: unknown, second?: unknown) {
    this.#origin = definition;
    this.#first = argumentCount === 0 ? none : first;
    if (argumentCount === 2) this.#second = second;
    else this.#second = argumentCount < 2 ? none : many;
  }

  /** Sleeps are coroutines too, and have the prototype of timers. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && (value as { isCoroutine?: unknown }).isCoroutine === true;
  }

  get isCoroutine(): true {
    return true;
  }

  get definition(): Definition {
    return this.#origin instanceof Unbegun ? this.#origin.definition : this.#origin;
  }

  /** Where it is counted until it begins; null if it is not. */
  get unbegun(): Unbegun | null {
    return this.#origin instanceof Unbegun ? this.#origin : null;
  }

  /** Set by Reports only. */
  set unbegun(unbegun: Unbegun) {
    this.#origin = unbegun;
  }

  /** True once it was awaited, given to a task that has taken its first step, or closed. */
  get started(): boolean {
    return this.#first === gone;
  }

  /** True if the body is an async function, and has not been called. */
  get isAsyncFunction(): boolean {
    const { body } = this.definition;
    return (body === callFirst ? this.#first : body) instanceof AsyncFunction && !this.started;
  }

  get then(): PromiseLike<T>['then'] {
    this.noteAwait();
    return awaitCoroutine as PromiseLike<T>['then'];
  }

  *[Symbol.iterator](): Generator<Suspend, T, unknown> {
    this.noteAwait();
    const started = this.call();
    if (isGenerator(started)) return (yield* started) as T;
    if (isAwaitable(started)) return (yield started) as T;
    return started as T;
  }

  /** Runs the body in the running task; one of the two is called at its end. @returns the promise of that, if there is one. */
  beginAwait(resolve: Resolve, reject: Reject): object | undefined {
    let started: unknown;
    try {
      started = this.call();
    } catch (error) {
      reject(error);
      return undefined;
    }
    if (started instanceof Promise) {
      startAwait(started, resolve, reject);
      return started;
    }
    if (isGenerator(started)) drive(started, resolve, reject);
    else if (isAwaitable(started)) startAwait(started, resolve, reject);
    else resolve(started);
    return undefined;
  }

  /** Ends a coroutine that has not begun, so that it never will. */
  close(): void {
    this.countOut();
    this.#first = gone;
    this.#second = undefined;
  }

  /** It is not counted any more as one that has not begun; true if it was. */
  countOut(): boolean {
    const origin = this.#origin;
    if (!(origin instanceof Unbegun)) return false;
    origin.count--;
    this.#origin = origin.definition;
    return true;
  }

  /** Remembers where it is awaited, in case of a deadlock. */
  protected noteAwait(): void {
    currentLoop()?.noteAwait();
  }

  /** Calls the body. @throws RuntimeError the second time; what the body throws. */
  protected call(): unknown {
    const first = this.#first as never;
    const second = this.#second as never;
    if (this.started) throw reused();
    this.close();
    const { body } = this.definition;
    if (first === none) return body();
    if (second === none) return body(first);
    return second === many ? body(...(first as never[])) : body(first, second);
  }

  toString(): string {
    return `<coroutine object ${this.definition.name}>`;
  }

  get [Symbol.toStringTag](): string {
    return 'Coroutine';
  }

  /** As asyncio shows it in a task's repr, e.g. `<main() running at app.ts:7>`. */
  describe(done: boolean): string {
    const site = shortSite(this.definition.site);
    const [state, preposition] = done ? ['done', ', defined at'] : ['running', ' at'];
    return `<${this.definition.name}() ${state}${site === undefined ? '' : `${preposition} ${site}`}>`;
  }
}

makeFirstSteps(Coroutine.prototype);
showAsText(Coroutine.prototype);

/** What is thrown when a coroutine is awaited for the second time. */
export function reused(): RuntimeError {
  return new RuntimeError('cannot reuse already awaited coroutine');
}

function awaitCoroutine(this: Coroutine, resolve?: Resolve | null, reject?: Reject | null): void {
  this.beginAwait(resolve ?? ignore, reject ?? ignore);
}

function ignore(): void {}

/** A coroutine that a loop in debug mode, or on a virtual clock, reports if it never begins. */
export function mustBeAwaited<C extends Coroutine<never> | Coroutine>(coroutine: C): C {
  const loop = currentLoop();
  if (loop !== null && loop.tracksCoroutines) loop.reports.created(coroutine);
  return coroutine;
}

const listOf = (...all: unknown[]): unknown[] => all;

const coroutineFunctions = new WeakSet<(...args: never[]) => unknown>();

/** True for what {@link coroutine} returns. */
export function isCoroutineFunction(value: unknown): boolean {
  return typeof value === 'function' && coroutineFunctions.has(value as () => unknown);
}

/** What the body of a coroutine may be. */
export type CoroutineBody<A extends unknown[], T> = (
  ...args: A
) => PromiseLike<T> | Generator<Suspend, T, never> | Generator<Suspend, T, unknown>;

/**
 * Makes a coroutine function: calling it runs nothing and returns a {@link Coroutine}.
 *
 * @param body an async function, or a generator function that awaits with `yield*`.
 * @throws TypeError if it is not a function.
 */
export function coroutine<A extends unknown[], T>(body: CoroutineBody<A, T>): (...args: A) => Coroutine<T> {
  checkFunction('coroutine()', body);
  const name = body.name === '' ? 'coroutine' : body.name;
  const definition: Definition = { name, site: captureSite(coroutine), body };
  const call = function (first: unknown, second: unknown): Coroutine<T> {
    const { length } = arguments;
    // Not `[...arguments]`: for that the engine makes the object at each call.
    const firstOrAll = length > 2 ? listOf.apply(null, arguments as unknown as unknown[]) : first;
    return mustBeAwaited(new Coroutine<T>(definition, length, firstOrAll, second));
  } as unknown as (...args: A) => Coroutine<T>;
  coroutineFunctions.add(call);
  Object.defineProperties(call, { name: { value: name }, length: { value: body.length } });
  return call;
}

/**
 * The coroutine behind what a task can be made of: a Coroutine, a generator object, or a function
 * that returns an awaitable; null for anything else.
 */
export function toCoroutine(value: unknown): Coroutine | null {
  if (value instanceof Coroutine) return value;
  if (typeof value === 'function') {
    const name = value.name === '' ? 'function' : value.name;
    return new Coroutine({ name, site: null, body: callFirst }, 1, value);
  }
  if (isGenerator(value)) return awaiting('generator', value);
  return null;
}

/** A coroutine of the given name that awaits `awaitable`. */
export function awaiting(name: string, awaitable: unknown): Coroutine {
  return new Coroutine({ name, site: null, body: giveFirst }, 1, awaitable);
}

// Not closures: the definition stays as long as the coroutine does, the argument until it begins.

function callFirst(body: () => unknown): unknown {
  return body();
}

function giveFirst(awaitable: unknown): unknown {
  return awaitable;
}

/** As {@link toCoroutine}. @throws TypeError for anything else. */
export function expectCoroutine(value: unknown): Coroutine {
  const found = toCoroutine(value);
  if (found !== null) return found;
  const begun = value instanceof Promise ? ': an async function that was called has begun, so give the function' : '';
  throw new TypeError(`a coroutine was expected, got ${show(value)}${begun}`);
}

export function isGenerator(value: unknown): value is Generator<Suspend, unknown, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { next?: unknown }).next === 'function' &&
    typeof (value as { throw?: unknown }).throw === 'function' &&
    Symbol.iterator in value
  );
}

export function isAwaitable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
