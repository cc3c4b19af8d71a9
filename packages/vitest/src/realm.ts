/**
 * The global object, on which vitest keeps what this package has to know. The one file of this package
 * that reaches for it.
 */

/** The functions that vitest keeps for its own time limits, and for its functions that poll. */
export type SafeTimers = Record<(typeof safeTimerNames)[number], unknown>;

/** Timers among what vitest keeps. */
export const safeTimerNames = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;

/** Sends calls to vitest's main process. */
export type Rpc = Record<string | symbol, unknown>;

/** Loads modules for the tests. */
export interface ModuleLoader {
  cachedRequest(...args: unknown[]): Promise<unknown>;
  /** The same, without mocks. */
  _cachedRequest?(...args: unknown[]): Promise<unknown>;
}

interface VitestGlobals {
  readonly __vitest_worker__?: { rpc: Rpc; readonly ctx?: { readonly pool?: string } };
  readonly __vitest_mocker__?: { readonly moduleRunner?: Partial<ModuleLoader> };
}

const realm = globalThis as unknown as VitestGlobals & SafeTimers & Record<symbol, unknown>;

/** What vitest knows of this worker; undefined outside of vitest. */
export function workerState(): VitestGlobals['__vitest_worker__'] {
  return realm.__vitest_worker__;
}

/** What loads the modules of this worker, if vitest does that and not the host. */
export function moduleLoader(): ModuleLoader | undefined {
  const loader = realm.__vitest_mocker__?.moduleRunner;
  return typeof loader?.cachedRequest === 'function' ? (loader as ModuleLoader) : undefined;
}

/** The timers that vitest keeps for itself. */
export function safeTimers(): SafeTimers | undefined {
  const symbol = Object.getOwnPropertySymbols(realm).find(({ description }) => description === 'vitest:SAFE_TIMERS');
  return symbol === undefined ? undefined : (realm[symbol] as SafeTimers);
}

/** The global timers as they are now. */
export function globalTimers(): SafeTimers {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate } = realm;
  return { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate };
}
