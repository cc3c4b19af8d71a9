/**
 * The host's objects whose functions are replaced. The one file of this package that reaches for
 * them.
 */

// None of this is imported: in a context of `node:vm`, as test runners make them, the first import of a module
// fixes what the named imports of all others see.
export const process: NodeJS.Process = globalThis.process;
const builtin = process.getBuiltinModule;

export const nodeBuffer: typeof import('node:buffer') = builtin('node:buffer');
export const nodeCrypto: typeof import('node:crypto') = builtin('node:crypto');
export const nodeDns: typeof import('node:dns') = builtin('node:dns');
export const nodeFs: typeof import('node:fs') = builtin('node:fs');
export const nodeVm: typeof import('node:vm') = builtin('node:vm');
export const timers: typeof import('node:timers') = builtin('node:timers');
export const timersPromises: typeof import('node:timers/promises') = builtin('node:timers/promises');
export const perfHooks: typeof import('node:perf_hooks') = builtin('node:perf_hooks');
/** Not that of the global object, for which simulated browsers have one of their own. */
export const nodePerformance: typeof performance = perfHooks.performance;
export const workerThreads: typeof import('node:worker_threads') = builtin('node:worker_threads');

// These take milliseconds to load, which only programs with simulated I/O have to wait for.
export const nodeHttp = (): typeof import('node:http') => builtin('node:http');
export const nodeHttps = (): typeof import('node:https') => builtin('node:https');
export const nodeReadline = (): typeof import('node:readline') => builtin('node:readline');

/** A global object, with all that a realm has of its own. */
export type Realm = typeof globalThis;

/** The global object. */
export const realm: Realm = globalThis;
