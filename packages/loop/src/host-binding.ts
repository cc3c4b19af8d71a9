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
    prependListener?(event: UncaughtEvent, listener: UncaughtListener): unknown;
    /** Unlike `listeners`, those of `once` as what is called once. */
    rawListeners?(event: UncaughtEvent): UncaughtListener[];
    listenerCount?(event: ListenedEvent): number;
    emit?(event: string, ...args: unknown[]): boolean;
    nextTick?(callback: () => void): void;
    hasUncaughtExceptionCaptureCallback?(): boolean;
  };
}

/** What the host tells of before the process ends. */
export type UncaughtEvent = (typeof uncaughtEvents)[number];

const uncaughtEvents = ['unhandledRejection', 'uncaughtException'] as const;

type ListenedEvent = UncaughtEvent | 'uncaughtExceptionMonitor';

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
 * tells by giving true; they hear again of everything when the returned function is called. Whoever begins
 * to listen meanwhile hears of all in the place of `callback`, and is taken to handle it.
 */
export function takeOverRejections(callback: (reason: unknown) => boolean): () => void {
  const event = 'unhandledRejection';
  const [before, putBack] = setAside(event, listenersOf(event));
  const listener: UncaughtListener = (reason, more) => {
    if (listenersOf(event).length > 1 || callback(reason)) return;
    // As the host would: without a listener an unhandled rejection is an uncaught exception, which ends the process.
    if (before.length === 0) throw reason;
    for (const one of before) one.call(process, reason, more);
  };
  process?.on?.(event, listener);
  return () => {
    process?.off?.(event, listener);
    putBack();
  };
}

/** Takes listeners of an event off; they come first again when they are put back. */
function setAside(
  event: UncaughtEvent,
  before: readonly UncaughtListener[],
): [before: readonly UncaughtListener[], putBack: () => void] {
  for (const one of before) process?.off?.(event, one);
  return [before, () => before.toReversed().forEach((one) => process?.prependListener?.(event, one))];
}

/**
 * What becomes of what nobody catches: `taken`; `raised` leaves it to the host, which goes on as if nobody
 * had listened; `foreign` tells those who were set aside.
 */
type Uncaught = 'taken' | 'raised' | 'foreign';

/**
 * Calls back in the place of all who listen to {@link UncaughtEvent}s now: they are set aside until the
 * returned function is called. Whoever begins to listen meanwhile sees themselves alone, as in a process of
 * their own, and is told by `callback` only; who is left of these at the end will not be set aside later.
 *
 * @param callback its `tell` tells them as the host does, and says whether there are any. Rethrows what they throw.
 */
export function takeOverUncaught(
  callback: (event: UncaughtEvent, error: unknown, tell: () => boolean) => Uncaught,
): () => void {
  const emit = process?.emit;
  if (process === undefined || emit === undefined) return () => {};
  const isOwn = Object.hasOwn(process, 'emit');
  const stay = (one: UncaughtListener): boolean => listeningToTakeovers.has(one);
  const others = (event: UncaughtEvent): UncaughtListener[] => listenersOf(event).filter((one) => !stay(one));
  const aside = {
    unhandledRejection: setAside('unhandledRejection', others('unhandledRejection')),
    uncaughtException: setAside('uncaughtException', others('uncaughtException')),
  };
  let stopped = false;
  const dispatcher = function (this: typeof process, event: string, ...args: unknown[]): boolean {
    if (stopped || !isUncaught(event)) return emit.call(this, event, ...args);
    const became = callback(event, args[0], () => emit.call(this, event, ...args));
    if (became !== 'foreign') return became === 'taken';
    const [before] = aside[event];
    for (const one of before) one.apply(process, args as Parameters<UncaughtListener>);
    return before.length > 0;
  };
  process.emit = dispatcher;
  return () => {
    stopped = true;
    // If somebody else has replaced it meanwhile, they call ours.
    if (process.emit === dispatcher && isOwn) process.emit = emit;
    else if (process.emit === dispatcher) Reflect.deleteProperty(process, 'emit');
    for (const event of uncaughtEvents) {
      for (const one of listenersOf(event)) listeningToTakeovers.add(one);
      const [, putBack] = aside[event];
      putBack();
    }
  };
}

function isUncaught(event: string): event is UncaughtEvent {
  return event === 'unhandledRejection' || event === 'uncaughtException';
}

/** Those who began to listen during some {@link takeOverUncaught}. */
const listeningToTakeovers = new WeakSet<UncaughtListener>();

/** True if somebody hears of exceptions that nobody catches. */
export function hearsExceptions(): boolean {
  if (process?.hasUncaughtExceptionCaptureCallback?.() === true) return true;
  return hasListeners('uncaughtException') || hasListeners('uncaughtExceptionMonitor');
}

function hasListeners(event: ListenedEvent): boolean {
  return (process?.listenerCount?.(event) ?? 0) > 0;
}

/** Has the host treat an error as it does one that a callback of its own throws. */
export function raise(error: unknown): void {
  if (process?.hasUncaughtExceptionCaptureCallback?.() === true) {
    // Nobody but the host can call it.
    return process.nextTick?.(() => {
      throw error;
    });
  }
  process?.emit?.('uncaughtExceptionMonitor', error, 'uncaughtException');
  process?.emit?.('uncaughtException', error, 'uncaughtException');
}

const noListeners: readonly UncaughtListener[] = [];

/** Takes off, when it is called, whoever has begun to listen to {@link UncaughtEvent}s since it was made. */
export function forgetNewListeners(): () => void {
  // The usual case, once for each run of a search.
  if (!uncaughtEvents.some(hasListeners)) return forgetAllListeners;
  const before = uncaughtEvents.flatMap(listenersOf);
  return () => forgetAllListeners(before);
}

function forgetAllListeners(kept: readonly UncaughtListener[] = noListeners): void {
  for (const event of uncaughtEvents) {
    for (const one of listenersOf(event)) if (!kept.includes(one)) process!.off!(event, one);
  }
}

function listenersOf(event: UncaughtEvent): readonly UncaughtListener[] {
  return hasListeners(event) ? process!.rawListeners!(event) : noListeners;
}

/** Last resort for what nobody else handles. */
export function reportError(...data: unknown[]): void {
  console.error(...data);
}

export function reportWarning(message: string): void {
  console.warn(message);
}
