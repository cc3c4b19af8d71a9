/**
 * Variables that follow tasks. The values are an immutable map, so handing them on (to a task, a
 * callback, a timer) costs nothing, and whoever sets a variable gets a map of their own.
 *
 * Where the map is: in `task.context` for a task's steps, in `loop.context` for any other step (and
 * for what that step schedules), and here for code that runs outside of any loop.
 */
import { checkFunction, RuntimeError, runningLoop, show } from '@timeloom/loop';
import { currentLoop } from './current.ts';
import { LookupError } from './errors.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { reprValue, showAsText } from './repr.ts';
import { behindAwait, Token } from './token.ts';
import type { Awaiter } from './waiter.ts';

/** The values of all variables. */
export type Values = ReadonlyMap<ContextVar, unknown>;

const noValues: Values = new Map();

/** What code outside of any loop sees. */
let outside: Values = noValues;

/** While no variable was ever set, nobody has to look for values. */
let anySet = false;

/** The context whose {@link Context.run} is on the stack. */
let entered: Context | null = null;

/** The contexts that tasks were given, and not just a copy. */
const owned = new WeakMap<Awaiter, Context>();

/**
 * A variable with a value of its own in each task: a task starts with the values that its creator
 * had, and what it sets is seen by itself and by what it starts or schedules from then on.
 *
 * Mirrors `contextvars.ContextVar`. (Node's AsyncLocalStorage follows promises, and knows nothing
 * of callbacks that a loop runs later.)
 */
export class ContextVar<T = unknown> {
  readonly name: string;
  readonly #options: { readonly default?: T };

  /**
   * @param options.default what {@link get} gives where no value is set.
   * @throws TypeError if `name` is not a string.
   */
  constructor(name: string, options: { readonly default?: T } = {}) {
    if (typeof name !== 'string') throw new TypeError(`name must be a string, got ${show(name)}`);
    this.name = name;
    this.#options = options;
  }

  /**
   * The value; else `fallback`, else the default.
   *
   * @throws LookupError if there is none of them.
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get(...fallback: unknown[]): unknown {
    return this.lookUp(currentValues(), fallback);
  }

  /** Sets the value for the current task, or the current callback; gives the way back. */
  set(value: T): Token<T> {
    const before = currentValues();
    const token = new Token<T>(this, before, currentPlace());
    const values = new Map(before);
    values.set(this, value);
    assign(values);
    return token;
  }

  /**
   * Restores what was there before the `set` that gave `token`.
   *
   * @throws RuntimeError the second time; RangeError for the token of another variable, and in another task or
   * callback than the one that called `set`, as those have variables of their own.
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) throw new TypeError(`expected an instance of Token, got ${show(token)}`);
    if (token.used) throw new RuntimeError(`${token} has already been used once`);
    if (token.variable !== this) throw new RangeError(`${token} was created by a different ContextVar`);
    if (!token.isOf(currentPlace())) throw new RangeError(`${token} was created in a different Context`);
    token.used = true;
    const values = new Map(currentValues());
    if (token.hadValue) values.set(this, token.oldValue);
    else values.delete(this);
    assign(values);
  }

  /** For Context: the value among `values`. */
  lookUp(values: Values, fallback: readonly unknown[]): unknown {
    if (values.has(this)) return values.get(this);
    if (fallback.length > 0) return fallback[0];
    if ('default' in this.#options) return this.#options.default;
    throw new LookupError(`${this} has no value here: set it, give it a default, or use get(fallback)`);
  }

  toString(): string {
    return `<ContextVar name=${reprValue(this.name)}>`;
  }
}

/**
 * The values of all variables, to run code with later. Mirrors `contextvars.Context`; made by
 * {@link copyContext}, or empty by `new Context()`.
 */
export class Context {
  #values: Values = noValues;
  #isEntered = false;
  /** Tasks that run in this context itself, and not in a copy. */
  readonly #tasks = new Set<Awaiter>();

  /**
   * Calls `action` with these values; what it sets stays in this context. Code that an async
   * `action` runs after its first `await` is outside again: give a task the context for that.
   *
   * @throws RuntimeError while a `run` of this context is on the stack, and in a task that runs in this context;
   * what `action` throws.
   */
  run<T>(action: () => T): T {
    checkFunction('run()', action);
    if (this.#isEntered || contextOf(currentAwaiter()) === this)
      throw new RuntimeError(`cannot enter context: ${this} is already entered`);
    const outer = entered;
    this.#isEntered = true;
    entered = this;
    try {
      return withLoopContext(this.#values, action);
    } finally {
      entered = outer;
      this.#isEntered = false;
    }
  }

  /** The value of a variable here; else its default. @throws LookupError if there is neither. */
  get<T>(variable: ContextVar<T>): T {
    return variable.lookUp(this.#values, []) as T;
  }

  /** True if the variable is set here. */
  has(variable: ContextVar<never> | ContextVar): boolean {
    return this.#values.has(variable);
  }

  /** How many variables are set here. */
  get size(): number {
    return this.#values.size;
  }

  /** An independent copy. */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#values;
    return copy;
  }

  /** For this package: nobody can enter it while `action` runs. */
  hold(action: () => void): void {
    const wasEntered = this.#isEntered;
    this.#isEntered = true;
    try {
      action();
    } finally {
      this.#isEntered = wasEntered;
    }
  }

  /** For this package. */
  get values(): Values {
    return this.#values;
  }

  /** For this package: `task` runs in this context from now on. */
  adopt(task: Awaiter): Values {
    for (const other of this.#tasks) if (other.done()) this.#tasks.delete(other);
    this.#tasks.add(task);
    owned.set(task, this);
    return this.#values;
  }

  /** For this package: something was set. */
  assign(values: Values): void {
    this.#values = values;
    for (const task of this.#tasks) task.context = values;
  }

  toString(): string {
    return `<Context of ${this.size}>`;
  }
}

for (const { prototype } of [ContextVar, Context]) showAsText(prototype);

/** The variables as they are now, to run code with later. Mirrors `contextvars.copy_context`. */
export function copyContext(): Context {
  const context = new Context();
  context.assign(currentValues());
  return context;
}

/** For this package: what a task that is made now starts with. */
export function inheritedValues(loop: AsyncioEventLoop): unknown {
  return anySet ? currentValues() : loop.context;
}

/** For this package: as a step of its own, with `values`, inside of a step of `starter`; outside of any `Context.run`. */
export function withOwnContext(values: unknown, starter: Awaiter | null, step: () => void): void {
  const outer = entered;
  entered = null;
  const begin = (): void => withLoopContext(values, step);
  try {
    const context = contextOf(starter);
    if (context === undefined) begin();
    else context.hold(begin);
  } finally {
    entered = outer;
  }
}

/** @throws TypeError if it is neither a Context nor undefined. */
export function checkContext(context: unknown): void {
  if (context === undefined || context instanceof Context) return;
  throw new TypeError(`context must be a Context, as copyContext() makes it, got ${show(context)}`);
}

function withLoopContext<T>(values: unknown, action: () => T): T {
  const loop = runningLoop();
  if (loop === null) return action();
  const outer = loop.context;
  loop.context = values;
  try {
    return action();
  } finally {
    loop.context = outer;
  }
}

function currentValues(): Values {
  if (entered !== null) return entered.values;
  const task = currentAwaiter();
  const values = task === null ? runningLoop()?.context : task.context;
  return (values as Values | undefined) ?? outside;
}

/** Whose variables are the current ones: the context's, the task's or the callback's; null outside of any loop. */
function currentPlace(): object | null {
  if (entered !== null) return entered;
  const task = currentAwaiter();
  const place = contextOf(task) ?? task;
  const loop = currentLoop();
  if (place !== null || loop === null) return place ?? runningLoop();
  return loop.handleOnStack ? loop.runningHandle : behindAwait;
}

function currentAwaiter(): Awaiter | null {
  return currentLoop()?.currentAwaiter() ?? null;
}

/** The context that a task was given. */
function contextOf(task: Awaiter | null): Context | undefined {
  return task === null ? undefined : owned.get(task);
}

function assign(values: Values): void {
  anySet = true;
  const loop = runningLoop();
  const task = currentAwaiter();
  if (entered !== null) entered.assign(values);
  else if (task !== null) assignToTask(task, values);
  else if (loop === null) outside = values;
  // A task that goes on behind a native promise may be in the step of another: that one's stays.
  if (loop !== null && (entered !== null || task === null || task === loop.currentLane)) loop.context = values;
}

function assignToTask(task: Awaiter, values: Values): void {
  const context = contextOf(task);
  if (context === undefined) task.context = values;
  else context.assign(values);
}
