import { AsyncioEventLoop, Coroutine, gather, VirtualClock, type Task } from '@timeloom/asyncio';
import {
  show,
  SynchronousPump,
  type EventLoopOptions,
  type Instrument,
  type LimitOptions,
  type Reorder,
  type Scheduler,
} from '@timeloom/loop';
import { createContext, type ProgramContext, type Races } from './context.ts';
import { Scope } from './scope.ts';
import { outcomeOf, passed, type Outcome } from './outcome.ts';
import type { RunScheduler } from './strategy.ts';
import { beginRun, heardByProgram, watchingUncaught } from './uncaught.ts';

/** A program that is run again and again: it must make all that it needs anew each time. */
export type Program = (context: ProgramContext) => unknown;

/**
 * A program that is made anew for each run, because its modules keep state: `load` may import them
 * afresh. It runs outside of the loop, in real time.
 */
export interface ProgramSource {
  load(): Program | PromiseLike<Program>;
  /** As ExecutionOptions.prepare, which takes its place; unlike that, it can be had in workers. */
  prepare?(loop: AsyncioEventLoop): Undo | PromiseLike<Undo>;
}

/** Undoes what was prepared. */
type Undo = () => void;

/** How each run is made. */
export interface ExecutionOptions extends LimitOptions {
  /** Default `ready`. */
  readonly reorder?: Reorder | undefined;
  /** Default 0. */
  readonly latenessMs?: number | undefined;
  /** By how much time may run ahead of a pending operation, in milliseconds; default 1,000. */
  readonly runAheadMs?: number | undefined;
  /**
   * What may be reordered: `all`, or only what the program gives to `race()`. Default `all`, until the
   * program calls `race()` for the first time.
   */
  readonly scope?: 'all' | 'race' | undefined;
  /**
   * What a callback does that comes from a source that nobody marked: ends the run, is warned of, or is
   * let in, as real I/O has to be that the clock waits for. Default `error`: the order of such callbacks is
   * the host's, so runs may not repeat.
   */
  readonly uncontrolled?: EventLoopOptions['uncontrolled'];
  /**
   * True promises that the program is made of generator coroutines and uses no native promise and no async
   * function: its steps need no macrotasks then, and its operations are no promises, which saves a third of the
   * time of a search. A program that breaks the promise deadlocks. Default false.
   */
  readonly promiseFree?: boolean | undefined;
  readonly instruments?: readonly Instrument[] | undefined;
  /** For how many awaits the place in the source is captured, which costs; see AsyncioOptions. Default 0. */
  readonly awaitSites?: number | undefined;
  /**
   * Called before each run with its loop, e.g. to put the host's timers on it; what it returns undoes
   * that when the run is over. The run waits for a promise of it, in real time.
   */
  readonly prepare?: ((loop: AsyncioEventLoop) => Undo | PromiseLike<Undo>) | undefined;
}

/** One run that is over. */
export interface Execution {
  readonly outcome: Outcome;
  /** Steps of the program, those of its cleanup left out. */
  readonly steps: number;
  /** The virtual time at its end, in milliseconds. */
  readonly time: number;
}

// Time does not start at 0, which code is apt to take for "never".
const startMs = 1000;

/** Runs a program once, in the order that `scheduler` decides. Never throws what the program throws. */
export async function execute(
  program: Program | ProgramSource,
  scheduler: Scheduler,
  options: ExecutionOptions = {},
): Promise<Execution> {
  return await watchingUncaught(() => executeWatched(program, scheduler, options, options.instruments));
}

/**
 * As {@link execute}, for whoever is {@link watchingUncaught} around many runs.
 *
 * @param instruments instead of those of `options`.
 */
export function executeWatched(
  program: Program | ProgramSource,
  scheduler: Scheduler,
  options: ExecutionOptions,
  instruments: ExecutionOptions['instruments'],
): Promise<Execution> {
  if (typeof program === 'function') return executeOnce(program, scheduler, options, instruments);
  return executeLoaded(program, scheduler, options, instruments);
}

async function executeLoaded(
  source: ProgramSource,
  scheduler: Scheduler,
  options: ExecutionOptions,
  instruments: ExecutionOptions['instruments'],
): Promise<Execution> {
  const loaded = await source.load();
  const prepare = options.prepare ?? source.prepare?.bind(source);
  return await executeOnce(loaded, scheduler, { ...options, prepare }, instruments);
}

async function executeOnce(
  program: Program,
  scheduler: Scheduler,
  options: ExecutionOptions,
  instruments: ExecutionOptions['instruments'],
): Promise<Execution> {
  const switchable = new Switch(scheduler, instruments);
  let failure: { readonly error: unknown } | undefined;
  const loop = loopFor(switchable, options, instruments);
  loop.setExceptionHandler((_, report) => {
    if (heardByProgram(report)) return;
    failure ??= { error: report.exception ?? new Error(report.message) };
  });
  if (checkScope(options) === 'race') switchable.narrow(loop);
  const endRun = beginRun(loop);
  let undo: Undo | undefined;
  try {
    const prepared = options.prepare?.(loop);
    undo = typeof prepared === 'object' ? await prepared : prepared;
    let outcome = passed;
    try {
      const run = (): unknown => program(createContext(loop, switchable, options.promiseFree));
      await loop.runUntilComplete(
        options.promiseFree === true ? () => generatorOf(run()) : async () => void (await run()),
      );
      loop.reports.programEnded();
      if (failure !== undefined) outcome = outcomeOf(failure.error);
    } catch (error) {
      outcome = outcomeOf(error);
      // In a process of its own that would have been the end: what is waited for was to come behind it.
      if (outcome.kind !== 'failed' && failure !== undefined) outcome = outcomeOf(failure.error);
    }
    const execution: Execution = { outcome, steps: loop.statistics().steps, time: loop.time() - startMs };
    switchable.off();
    // What the cleanup does wrong is no part of the run.
    loop.setExceptionHandler(ignore);
    const left = loop.tasks.all();
    if (left.length > 0) await cleanUp(loop, left);
    loop.close();
    return execution;
  } finally {
    endRun();
    undo?.();
  }
}

function loopFor(
  scheduler: Scheduler,
  options: ExecutionOptions,
  instruments: ExecutionOptions['instruments'],
): AsyncioEventLoop {
  const { reorder, latenessMs, runAheadMs, maxSteps, maxStepsPerInstant } = options;
  // Named one by one: spread out, they would take a tenth of the time of a short run.
  return new AsyncioEventLoop({
    reorder,
    latenessMs,
    runAheadMs,
    maxSteps,
    maxStepsPerInstant,
    clock: new VirtualClock(startMs),
    scheduler,
    instruments,
    awaitSites: options.awaitSites ?? 0,
    uncontrolled: options.uncontrolled ?? 'error',
    pump: options.promiseFree === true ? new SynchronousPump() : undefined,
  });
}

/** What a program gave that uses no promises. @throws TypeError if it is one. */
function generatorOf(result: unknown): PromiseLike<unknown> {
  if (result instanceof Coroutine) return result;
  throw new TypeError(
    `with promiseFree, the program must be coroutine(function* …), got one that gives ${show(result)}`,
  );
}

/** @throws TypeError on another word. */
function checkScope({ scope = 'all' }: ExecutionOptions): 'all' | 'race' {
  if (scope === 'all' || scope === 'race') return scope;
  throw new TypeError(`scope must be 'all' or 'race', got ${show(scope)}`);
}

/** Lets `finally` blocks run. */
async function cleanUp(loop: AsyncioEventLoop, tasks: readonly Task[]): Promise<void> {
  try {
    for (const task of tasks) task.cancel();
    await loop.runUntilComplete(gather(tasks, { returnExceptions: true }));
  } catch {
    // A task that cannot be ended is dropped with its loop.
  }
}

function ignore(): void {}

/** First in, first out from the moment it is switched off; within a scope, if the program asks for one. */
class Switch implements Scheduler, Races {
  #scheduler: Scheduler | null;
  /** Strategies are among them. */
  readonly #instruments: readonly (Instrument & Pick<RunScheduler, 'narrowed'>)[] | undefined;

  constructor(scheduler: Scheduler, instruments: ExecutionOptions['instruments']) {
    this.#scheduler = scheduler;
    this.#instruments = instruments;
  }

  choose(point: Parameters<Scheduler['choose']>[0]): number {
    return this.#scheduler?.choose(point) ?? 0;
  }

  off(): void {
    this.#scheduler = null;
  }

  /** From now on nothing races but what is given to {@link race}. */
  narrow(loop: AsyncioEventLoop): void {
    if (this.#scheduler === null || this.#scheduler instanceof Scope) return;
    const scope = new Scope(this.#scheduler, loop.tasks.all());
    loop.observe(scope);
    this.#scheduler = scope;
    for (const instrument of this.#instruments ?? []) instrument.narrowed?.(scope);
  }

  race<T>(loop: AsyncioEventLoop, start: () => Task<T>): Task<T> {
    this.narrow(loop);
    return this.#scheduler instanceof Scope ? this.#scheduler.race(start) : start();
  }
}
