import { checkMs, show } from '@timeloom/loop';

/** How real I/O holds a virtual clock. Times are real ones. */
export interface RealIoOptions {
  /**
   * For how long a clock waits for something that gives no sign of life, in milliseconds. After that it
   * is set aside with a warning, until something is asked of it again. Also for how long I/O of the program's
   * own may hold the clock without a break before it goes on as fast as the real one. Default 10,000;
   * Infinity waits forever.
   */
  readonly patienceMs?: number | undefined;
  /**
   * For how long a connection to another process, or a worker, counts as answering after the last that
   * came from it, in milliseconds: nobody can see whether more is on its way. Default 10.
   */
  readonly quietMs?: number | undefined;
  /**
   * True records the place that begins each operation, for leaks and warnings. Costs about 1 µs for every
   * promise of the process on Node 20 and 22. Default false.
   */
  readonly places?: boolean | undefined;
}

/** Options as they are used. */
export interface RealIoSettings {
  readonly patienceMs: number;
  readonly quietMs: number;
  readonly places: boolean;
}

const usual: RealIoSettings = { patienceMs: 10_000, quietMs: 10, places: false };

/** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
export function checkRealIoOptions(options?: RealIoOptions): RealIoSettings {
  if (options === undefined) return usual;
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`io must be an object, got ${show(options)}`);
  const { patienceMs = usual.patienceMs, quietMs = usual.quietMs, places = usual.places } = options;
  if (patienceMs !== Infinity) checkNotNegative('io.patienceMs', patienceMs);
  checkNotNegative('io.quietMs', quietMs);
  if (typeof places !== 'boolean') throw new TypeError(`io.places must be true or false, got ${show(places)}`);
  return { patienceMs, quietMs, places };
}

function checkNotNegative(parameter: string, ms: number): void {
  checkMs(parameter, ms);
  if (ms < 0) throw new RangeError(`${parameter} must be at least 0, got ${ms}`);
}
