import { checkLimit, checkMs, show } from '@timeloom/loop';
import type { RealIoOptions } from './io/options.ts';

/**
 * What can be taken over. Each stands for all forms of it: `setTimeout` for `clearTimeout`, for the
 * functions of `node:timers` and `node:timers/promises`, and for `scheduler.wait`; `setImmediate` for
 * `scheduler.yield`; `performance` for `now`, `timeOrigin`, `mark`, `measure`, `process.hrtime` and `process.uptime`. `io`
 * is files, sockets, processes: they stay the host's, and the clock waits for them.
 */
export type HostFeature =
  | 'setTimeout'
  | 'setInterval'
  | 'setImmediate'
  | 'AbortSignal.timeout'
  | 'fs.watchFile'
  | 'Date'
  | 'performance'
  | 'Intl'
  | 'Temporal'
  | 'requestAnimationFrame'
  | 'requestIdleCallback'
  | 'Math.random'
  | 'crypto'
  | 'io';

const features: readonly HostFeature[] = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'AbortSignal.timeout',
  'fs.watchFile',
  'Date',
  'performance',
  'Intl',
  'Temporal',
  'requestAnimationFrame',
  'requestIdleCallback',
  'Math.random',
  'crypto',
  'io',
];

/** Options of `takeOver`. */
export interface TakeOverOptions {
  /** Take over these and nothing else; default: everything. */
  readonly only?: readonly HostFeature[] | undefined;
  /** Leave these as they are; default: none. */
  readonly except?: readonly HostFeature[] | undefined;
}

/** Options of `installHost`. */
export interface HostOptions extends TakeOverOptions {
  /**
   * What `Date.now()` gives at installation, in milliseconds since 1970. Default: the first second of
   * the year 2000 (UTC), and not the real time, so that runs repeat.
   */
  readonly now?: number | Date | undefined;
  /**
   * True if something else keeps the process alive, as a test runner does: timers that were unref'd
   * fire although nothing else is left to do. Default false: as in a program of its own, they do not.
   */
  readonly keepAlive?: boolean | undefined;
  /**
   * For how many timers the place that made them is recorded, for reports of leaks: the first ones,
   * at about 3 µs each. Default 100.
   */
  readonly sites?: number | undefined;
  /**
   * What becomes of those who listen to the process, to its signals for one, when the loop is removed. 'keep', the
   * default: nothing. 'restore': whoever has begun since the installation listens no more, and whoever has stopped
   * does again, so that what one run of a search leaves behind has no part in the next. Listeners to `beforeExit`,
   * `uncaughtException`, `unhandledRejection` and `SIGWINCH` stay, of which a search sees to the second and third.
   */
  readonly processListeners?: 'keep' | 'restore' | undefined;
  /** How the clock waits for real I/O. */
  readonly io?: RealIoOptions | undefined;
}

/** Options as they are used. */
export interface HostSettings {
  readonly features: ReadonlySet<HostFeature>;
  readonly now: number;
  readonly keepAlive: boolean;
  readonly sites: number;
  readonly restoresListeners: boolean;
}

const year2000 = 946_684_800_000;

/** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
export function checkOptions(options: HostOptions): HostSettings {
  const { now = year2000, keepAlive = false, sites = 100, processListeners = 'keep' } = options;
  const nowMs = now instanceof Date ? now.getTime() : now;
  checkMs('now', nowMs);
  if (typeof keepAlive !== 'boolean') throw new TypeError(`keepAlive must be true or false, got ${show(keepAlive)}`);
  if (sites !== 0) checkLimit('sites', sites);
  if (processListeners !== 'keep' && processListeners !== 'restore') {
    throw new TypeError(`processListeners must be 'keep' or 'restore', got ${show(processListeners)}`);
  }
  const restoresListeners = processListeners === 'restore';
  return { features: checkFeatures(options), now: nowMs, keepAlive, sites, restoresListeners };
}

const allFeatures: ReadonlySet<HostFeature> = new Set(features);

/** The features that `only` and `except` leave. @throws TypeError on a name that is none. */
export function checkFeatures({ only, except = [] }: TakeOverOptions): ReadonlySet<HostFeature> {
  // A loop is installed for each test of a suite and for each run of a search, nearly always so.
  if (only === undefined && Array.isArray(except) && except.length === 0) return allFeatures;
  const left = new Set(checkNames('only', only ?? features));
  for (const name of checkNames('except', except)) left.delete(name);
  return left;
}

function checkNames(parameter: string, names: readonly HostFeature[]): readonly HostFeature[] {
  if (!Array.isArray(names)) throw new TypeError(`${parameter} must be an array of features, got ${show(names)}`);
  for (const name of names) {
    if (!features.includes(name)) {
      throw new TypeError(`${parameter} must name features of the host (${features.join(', ')}), got ${show(name)}`);
    }
  }
  return names;
}
