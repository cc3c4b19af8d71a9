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
    on?(event: 'beforeExit', listener: () => void): unknown;
    off?(event: 'beforeExit', listener: () => void): unknown;
  };
}

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
  process?.on?.('beforeExit', callback);
  return () => process?.off?.('beforeExit', callback);
}

/** Last resort for what nobody else handles. */
export function reportError(...data: unknown[]): void {
  console.error(...data);
}

export function reportWarning(message: string): void {
  console.warn(message);
}
