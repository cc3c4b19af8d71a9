import { addAbortListener } from 'node:events';
import { disguise, type Replacement } from '../patcher.ts';
import { AbortError } from './abort-error.ts';
import { delayOf } from './delay.ts';
import { Immediate } from './immediate.ts';
import { PromisedTimeout } from './promised-timeout.ts';
import { Timeout, type TimeoutKind } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

/** Options of the functions of `node:timers/promises`. */
interface PromiseOptions {
  readonly signal?: AbortSignal | undefined;
  readonly ref?: boolean | undefined;
}

type SetPromisedTimeout = (delay?: unknown, value?: unknown, options?: PromiseOptions) => Promise<unknown>;
type SetPromisedImmediate = (value?: unknown, options?: PromiseOptions) => Promise<unknown>;
type SetPromisedInterval = (delay?: unknown, value?: unknown, options?: PromiseOptions) => AsyncIterator<unknown>;

/** Where timers go now; null for the host. */
export type CurrentTable = () => TimerTable | null;

/** False for arguments that the host refuses, in its own words. */
function acceptable(options: PromiseOptions | undefined, delay?: unknown): boolean {
  if (delay !== undefined && typeof delay !== 'number') return false;
  if (options === undefined) return true;
  if (options === null || typeof options !== 'object') return false;
  const { signal, ref = true } = options as { signal?: unknown; ref?: unknown };
  if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) return false;
  return typeof ref === 'boolean';
}

const intervalKind: TimeoutKind = { what: 'setInterval', repeat: true };

/** `timers/promises.setTimeout`, also what `util.promisify(setTimeout)` gives. */
export function promisedTimeout(current: CurrentTable): Replacement<SetPromisedTimeout> {
  return (original) => {
    const dispatcher: SetPromisedTimeout = (delay, value, options) => {
      const table = current();
      if (table === null || !acceptable(options, delay)) return original(delay, value, options);
      const ms = delayOf(delay);
      return abortable(options?.signal, (resolve) => {
        const timer = new PromisedTimeout(table, resolve, ms, value, options?.ref ?? true);
        return () => timer.close();
      });
    };
    return disguise(dispatcher, original);
  };
}

/** `timers/promises.setImmediate`. */
export function promisedImmediate(current: CurrentTable): Replacement<SetPromisedImmediate> {
  return (original) => {
    const dispatcher: SetPromisedImmediate = (value, options) => {
      const table = current();
      if (table === null || !acceptable(options)) return original(value, options);
      return abortable(options?.signal, (resolve) => {
        const immediate = new Immediate(table, resolve, [value], options?.ref);
        return () => immediate.close();
      });
    };
    return disguise(dispatcher, original);
  };
}

/**
 * A promise that a signal can reject.
 *
 * @param begin starts what resolves it; returns how to stop that.
 */
function abortable(
  signal: AbortSignal | undefined,
  begin: (resolve: (value: unknown) => void) => () => void,
): Promise<unknown> {
  if (signal === undefined) return new Promise((resolve) => void begin(resolve));
  if (signal.aborted) return Promise.reject(new AbortError(signal));
  let stopListening = (): void => {};
  const settled = new Promise((resolve, reject) => {
    const stop = begin(resolve);
    stopListening = whenAborted(signal, () => {
      stop();
      reject(new AbortError(signal));
    });
  });
  return hostFinally(settled, stopListening);
}

/** Also where a listener of the program stops the event, as with Node's own. Returns what takes `abort` away. */
function whenAborted(signal: AbortSignal, abort: () => void): () => void {
  const listening = addAbortListener(signal, abort);
  return () => listening[Symbol.dispose]();
}

/** `finally` as Node's own code calls it: what awaits it resumes after as many microtasks. */
function hostFinally<T>(promise: Promise<T>, action: () => void): Promise<T> {
  const inner = new Promise<T>((resolve, reject) => void promise.then(resolve, reject)).finally(action);
  return new Promise((resolve, reject) => void inner.then(resolve, reject));
}

/** The async iterator `timers/promises.setInterval`. */
export function promisedInterval(current: CurrentTable): Replacement<SetPromisedInterval> {
  return (original) => {
    const dispatcher: SetPromisedInterval = (delay, value, options) => {
      const table = current();
      if (table === null || !acceptable(options, delay)) return original(delay, value, options);
      return ticks(table, delay, value, options);
    };
    return disguise(dispatcher, original);
  };
}

async function* ticks(
  table: TimerTable,
  delay: unknown,
  value: unknown,
  options: PromiseOptions | undefined,
): AsyncGenerator<unknown> {
  const signal = options?.signal;
  const aborted = (): boolean => signal?.aborted === true;
  if (aborted()) throw new AbortError(signal!);
  let due = 0;
  let notify: ((refusal?: Promise<never>) => void) | null = null;
  const tick = (): void => {
    due++;
    notify?.();
    notify = null;
  };
  const timer = new Timeout(table, intervalKind, tick, delayOf(delay), [], options?.ref);
  const stopListening =
    signal &&
    whenAborted(signal, () => {
      timer.close();
      // Through a promise, as in Node: it takes as many microtasks.
      notify?.(Promise.reject(new AbortError(signal)));
      notify = null;
    });
  try {
    while (!aborted()) {
      if (due === 0) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
      for (; due > 0; due--) yield value;
    }
    throw new AbortError(signal!);
  } finally {
    timer.close();
    stopListening?.();
  }
}
