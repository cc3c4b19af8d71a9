import { AsyncResource } from 'node:async_hooks';
import { AsyncioEventLoop, beginAttributed, Coroutine, gather, VirtualClock, type Task } from '@timeloom/asyncio';
import { installHost, type HostRestore, type Leak } from '@timeloom/host';
import { raise, runningLoop, type HostWork } from '@timeloom/loop';
import { LeakError, leaksOf } from './leaks.ts';
import type { TrySettings } from './options.ts';
import { pointedAt, type Place } from './place.ts';
import { programHearsExceptions, receiveRejections } from './uncaught.ts';

// Time does not start at 0, which code is apt to take for "never".
const startMs = 1000;

// A test that spins is told so within a second.
const instantLimit = 100_000;

/** What makes a task out of the test itself, a hook or a fixture. */
class TestFunction {
  readonly name: string;
  readonly site: object;
  readonly body = (action: () => unknown): unknown => action();

  constructor(name: string, place: Place | null) {
    this.name = name;
    this.site = place ?? {};
  }
}

/** True for the tasks in which the test itself, its hooks and fixtures run. */
export function isTaskOfVitest(task: Task): boolean {
  return task.coroutine.definition instanceof TestFunction;
}

/** What a try took, for reporters. */
export interface TryFigures {
  /** Virtual time that passed, in milliseconds. */
  readonly virtualMs: number;
  /** Steps of the loop. */
  readonly steps: number;
}

/**
 * One try of a test: a loop with the host on it, from the test's first hook to its last. vitest calls
 * hooks, fixtures and the test one after the other; each runs as a task of the same loop, and between
 * them the loop, and with it time, stands still.
 */
export class VirtualTry {
  readonly loop: AsyncioEventLoop;
  readonly #settings: TrySettings;
  readonly #restoreHost: HostRestore;
  readonly #stopWatching: () => void;
  readonly #running = new Set<Task>();
  /** The tasks of functions that never came back, if there are any. */
  #abandoned: Set<Task> | null = null;
  /** Errors that no caller could catch, and that are not told yet. */
  #uncaught: unknown[] = [];
  /** The run of the loop that is on, or the last one. */
  #driving: Promise<void> = Promise.resolve();
  #isOver = false;

  /** @param work what the clock waits for besides the host's own work. */
  constructor(settings: TrySettings, work: HostWork | null = null) {
    this.#settings = settings;
    this.loop = loopOf(settings);
    this.loop.setExceptionHandler((_, { handle, exception, message }) => {
      if (handle !== undefined && programHearsExceptions()) raise(exception);
      else this.#uncaught.push(exception ?? new Error(message));
    });
    // The process lives on, so timers that were unref'd fire.
    this.#restoreHost = installHost(this.loop, { keepAlive: true, now: settings.now });
    if (work !== null) this.loop.holdWhile(work);
    this.#stopWatching = receiveRejections((reason) => this.#uncaught.push(reason));
  }

  /**
   * Runs a function on the loop, as a task, and gives its result. For code that runs there already, it
   * just calls it.
   *
   * @param name of the function, in wait graphs.
   * @param place of its definition, for wait graphs.
   * @throws what the function throws; DeadlockError, LivelockError, StepLimitError as the loop does;
   * what nobody could catch meanwhile: rejections, and exceptions of callbacks. AggregateError if there
   * is more than one of these.
   */
  async run<T>(name: string, action: () => T | PromiseLike<T>, place: Place | null = null): Promise<T> {
    if (runningLoop() === this.loop) return await action();
    const task = this.#begin(new TestFunction(name, place), action);
    let errors: readonly unknown[] = [];
    try {
      // The loop may be about to stop for another function that has just ended.
      while (!task.done()) await this.#drive(name);
      if (task.retrieve()) errors = [task.peek().outcome];
    } catch (error) {
      this.#abandon(task);
      errors = [pointedAt(error, place)];
    }
    throwAll(errors, this.#uncaught, 'The test failed in more than one way');
    return task.result();
  }

  #begin<T>(definition: TestFunction, action: () => T | PromiseLike<T>): Task<T> {
    // The AsyncLocalStorage of the caller, which a step of the loop does not have.
    const caller = new AsyncResource('VirtualTry', { requireManualDestroy: true });
    const body = (): T | PromiseLike<T> => caller.runInAsyncScope(() => begin(task as Task, action));
    const task: Task<T> = this.loop.createTask(new Coroutine<T>(definition, 1, body));
    this.#running.add(task);
    task.addInlineCallback(() => this.#ended(task));
    return task;
  }

  #abandon(task: Task): void {
    this.#running.delete(task);
    (this.#abandoned ??= new Set()).add(task);
  }

  #ended(task: Task): void {
    this.#running.delete(task);
    if (this.#running.size === 0) this.loop.stop();
  }

  /**
   * Runs the loop until the last function has ended; several functions wait for the same run.
   *
   * @param name of the one that waits.
   */
  #drive(name: string): Promise<void> {
    if (this.#isOver) throw new Error(`The try is over, and ${name} is not`);
    if (!this.loop.isRunning()) this.#driving = this.loop.runForever();
    return this.#driving;
  }

  /** Virtual time that passed so far, in milliseconds. */
  get virtualMs(): number {
    return this.loop.time() - startMs;
  }

  /** What the try took so far. */
  figures(): TryFigures {
    return { virtualMs: this.virtualMs, steps: this.loop.statistics().steps };
  }

  /**
   * Cancels what is left, lets its `finally` blocks run, and gives the host back: at once if nothing is left.
   *
   * @param failed true if the test has failed already: then what it left behind is no news.
   * @param place of the test's definition.
   * @throws LeakError if there is what must not be left; what nobody could catch. AggregateError if
   * there is more than one of these.
   */
  end(failed: boolean, place: Place | null = null): Promise<void> | undefined {
    this.#isOver = true;
    return this.loop.isRunning() ? this.#halt().then(() => this.#end(failed, place)) : this.#end(failed, place);
  }

  #end(failed: boolean, place: Place | null): Promise<void> | undefined {
    const tasks = this.loop.tasks.all();
    const leaks = failed ? [] : this.#leaks(tasks);
    if (!failed) this.loop.reports.programEnded();
    const uncaught = this.#uncaught;
    this.#uncaught = [];
    const tell = (): void => {
      const errors = leaks.length > 0 ? [pointedAt(new LeakError(leaks), place)] : [];
      throwAll(errors, uncaught, 'The test left things behind');
    };
    if (tasks.length > 0) {
      return this.#cleanUp(tasks)
        .finally(() => this.#close())
        .then(tell);
    }
    this.#close();
    tell();
    return undefined;
  }

  #close(): void {
    this.#stopWatching();
    this.#restoreHost();
    this.loop.close();
  }

  #leaks(tasks: readonly Task[]): readonly Leak[] {
    const left = tasks.filter((task) => this.#abandoned?.has(task) !== true);
    return leaksOf(this.#restoreHost, left, this.#settings.leaks);
  }

  /** vitest gives a test up that takes too long in real time, while its loop waits for the host. */
  async #halt(): Promise<void> {
    this.loop.stop();
    await this.#driving.catch(() => {});
  }

  /** What goes wrong here is no part of the test. */
  async #cleanUp(left: readonly Task[]): Promise<void> {
    this.loop.setExceptionHandler(() => {});
    // A task that awaits something of the host cannot be interrupted, and may never come back.
    const tasks = left.filter((task) => task.isSuspended);
    for (const task of tasks) task.cancel();
    try {
      if (tasks.length > 0) await this.loop.runUntilComplete(gather(tasks, { returnExceptions: true }));
    } catch {
      // A task that cannot be ended is dropped with its loop.
    }
  }
}

function loopOf({ seed, maxSteps, maxStepsPerInstant = instantLimit }: TrySettings): AsyncioEventLoop {
  return new AsyncioEventLoop({ clock: new VirtualClock(startMs), seed, maxSteps, maxStepsPerInstant });
}

/** Throws what there is, in one error. @param uncaught is empty afterwards. */
function throwAll(errors: readonly unknown[], uncaught: unknown[], message: string): void {
  if (errors.length + uncaught.length === 0) return;
  const all = [...errors, ...uncaught.splice(0)];
  throw all.length > 1 ? new AggregateError(all, message) : all[0];
}

/** Begins a task in the AsyncLocalStorage of another place than that of its first step. */
function begin<R>(task: Task, action: () => R): R {
  let result: R | undefined;
  beginAttributed(task, () => {
    result = action();
  });
  return result as R;
}
