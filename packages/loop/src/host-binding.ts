/**
 * The one file that touches the host. Everything is taken when the module is first imported, so a
 * loop keeps the real functions when timers, Date or the console are replaced afterwards.
 */

interface HostGlobals {
  setImmediate?: (callback: () => void) => unknown;
  setTimeout: (callback: () => void, ms: number) => unknown;
  clearTimeout: (timer: unknown) => void;
  performance: { now(): number };
  console: { error(...data: unknown[]): void; warn(...data: unknown[]): void };
  MessageChannel?: new () => { port1: HostPort; port2: HostPort };
  process?: {
    versions?: { node?: string };
    getBuiltinModule?(id: string): unknown;
    on?(event: 'beforeExit' | UncaughtEvent, listener: UncaughtListener): unknown;
    off?(event: 'beforeExit' | UncaughtEvent, listener: UncaughtListener): unknown;
    listeners?(event: UncaughtEvent): UncaughtListener[];
  };
}

type UncaughtEvent = 'unhandledRejection' | 'uncaughtException';

/** @param more the promise of a rejection, or where an exception came from. */
type UncaughtListener = (reason: unknown, more?: unknown) => void;

interface HostPort {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
}

const host = globalThis as unknown as HostGlobals;
const { console, performance, process, setTimeout, clearTimeout } = host;
const performanceNow = performance.now.bind(performance);

/** Real milliseconds since some fixed moment; never goes back. */
export function hostNow(): number {
  return performanceNow();
}

/** Runs `callback` as a macrotask: the host drains its microtasks before and after. */
export const postMacrotask: (callback: () => void) => void = host.setImmediate ?? messagePoster();

function messagePoster(): (callback: () => void) => void {
  if (host.MessageChannel === undefined) {
    return (callback) => void setTimeout(callback, 0);
  }
  const { port1, port2 } = new host.MessageChannel();
  const callbacks: (() => void)[] = [];
  port1.onmessage = () => callbacks.shift()?.();
  return (callback) => {
    callbacks.push(callback);
    port2.postMessage(null);
  };
}

/** What follows a chain of native promises from where it was begun: Node's AsyncLocalStorage. */
export interface AsyncStorage<T> {
  /** Runs `action`; whatever it begins, and whatever that begins, sees `store`. */
  run<R, A extends unknown[]>(store: T, action: (...args: A) => R, ...args: A): R;
  getStore(): T | undefined;
}

interface AsyncHooks {
  AsyncLocalStorage: { new <T>(): AsyncStorage<T>; snapshot(): <R>(action: () => R) => R };
}

const asyncHooks = process?.getBuiltinModule?.('node:async_hooks') as AsyncHooks | undefined;

/** Null on hosts without AsyncLocalStorage. */
export function createAsyncStorage<T>(): AsyncStorage<T> | null {
  return asyncHooks === undefined ? null : new asyncHooks.AsyncLocalStorage<T>();
}

/**
 * True where an AsyncStorage in use costs next to nothing: since Node 24 V8 carries it. Before,
 * every promise of the process costs about 0.5 µs more once one is in use.
 */
export const asyncStorageIsFree: boolean = Number(process?.versions?.node?.split('.')[0] ?? 0) >= 24;

/** Runs `action` as if at the top level of the program: it inherits no AsyncStorage from its caller. */
export const atTopLevel: <R>(action: () => R) => R =
  asyncHooks === undefined ? (action) => action() : asyncHooks.AsyncLocalStorage.snapshot();

const longestTimeout = 2 ** 31 - 1;

/** Calls back once, after about `ms` real milliseconds or earlier; returns how to prevent it. */
export function hostTimer(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, Math.min(Math.max(Math.ceil(ms), 1), longestTimeout));
  return () => clearTimeout(timer);
}

/**
 * Calls back when the host itself has nothing left to do (Node's `beforeExit`; never on hosts that
 * do not tell); returns how to stop listening.
 */
export function onHostEmpty(callback: () => void): () => void {
  if (hostEmptyCallbacks.size === 0) process?.on?.('beforeExit', tellHostEmpty);
  hostEmptyCallbacks.add(callback);
  return () => {
    hostEmptyCallbacks.delete(callback);
    if (hostEmptyCallbacks.size === 0) process?.off?.('beforeExit', tellHostEmpty);
  };
}

// One listener for all loops: Node warns of more than ten.
const hostEmptyCallbacks = new Set<() => void>();

function tellHostEmpty(): void {
  for (const callback of hostEmptyCallbacks) callback();
}

/**
 * Calls back when a native promise was rejected and nobody handles that: at the end of the step that
 * it was rejected in. Whoever listened before does not hear of those that `callback` takes, which it
 * tells by giving true; they hear again of everything when the returned function is called.
 */
export function takeOverRejections(callback: (reason: unknown) => boolean): () => void {
  return takeOver('unhandledRejection', callback);
}

/**
 * As {@link takeOverRejections}, for what is thrown where no caller can catch it: in a microtask, a
 * `nextTick`, a listener of an emitter that has no other for its error.
 */
export function takeOverExceptions(callback: (error: unknown) => boolean): () => void {
  return takeOver('uncaughtException', callback);
}

function takeOver(event: UncaughtEvent, callback: (reason: unknown) => boolean): () => void {
  const before = process?.listeners?.(event) ?? [];
  const listener: UncaughtListener = (reason, more) => {
    if (callback(reason)) return;
    // As the host would: without a listener an unhandled rejection is an uncaught exception, which ends the process.
    if (before.length === 0) throw reason;
    for (const one of before) one.call(process, reason, more);
  };
  for (const one of before) process?.off?.(event, one);
  process?.on?.(event, listener);
  return () => {
    process?.off?.(event, listener);
    for (const one of before) process?.on?.(event, one);
  };
}

/** Last resort for what nobody else handles. */
export function reportError(...data: unknown[]): void {
  console.error(...data);
}

export function reportWarning(message: string): void {
  console.warn(message);
}
