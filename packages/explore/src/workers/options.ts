import { checkLimit, show } from '@timeloom/loop';

/** The threads of a search. */
export interface WorkersOptions {
  /** How many. */
  readonly count: number;
  /**
   * Options of Node for the threads, e.g. `['--import', 'tsx']` for a program in TypeScript. Default:
   * those of this process.
   */
  readonly execArgv?: readonly string[] | undefined;
  /**
   * Most real time that one run may take, in milliseconds, before its thread is ended and the search
   * fails with a WorkerError; default 60,000.
   */
  readonly maxRunMs?: number | undefined;
}

/** Options that were checked. */
export interface PoolOptions {
  readonly count: number;
  readonly execArgv: readonly string[] | undefined;
  readonly maxRunMs: number;
}

/**
 * Null for a search in this thread.
 *
 * @throws TypeError, RangeError for bad options, naming them.
 */
export function workersOf(workers: number | WorkersOptions | undefined): PoolOptions | null {
  if (workers === undefined || workers === 1) return null;
  const { count, execArgv, maxRunMs = 60_000 } = typeof workers === 'object' ? workers : { count: workers };
  checkLimit('workers', count);
  if (count === Infinity) throw new RangeError('workers must be a positive whole number, got Infinity');
  checkLimit('maxRunMs', maxRunMs);
  if (execArgv !== undefined && !Array.isArray(execArgv)) {
    throw new TypeError(`execArgv must be an array of strings, got ${show(execArgv)}`);
  }
  return { count, execArgv, maxRunMs };
}
