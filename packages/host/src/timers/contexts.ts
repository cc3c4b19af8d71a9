import { AsyncLocalStorage, AsyncResource, createHook } from 'node:async_hooks';
import { asyncStorageIsFree } from '@timeloom/loop';
import { disguise, type Patcher } from '../patcher.ts';

/**
 * Callbacks see the AsyncLocalStorage of the code that set them: each timer has an AsyncResource for
 * that, as Node's timers are resources. It is a quarter of what a timer costs, so there is none until a
 * store or a hook is in use. Before Node 24 that can be known: stores are entered by two methods, hooks,
 * by which test runners know whose an exception is, by one, and a storage that has been entered marks
 * every new resource.
 */
let storesInUse = asyncStorageIsFree;

type Enter = (this: unknown, ...args: unknown[]) => unknown;

function noticing(original: Enter): Enter {
  const dispatcher: Enter = function (...args) {
    storesInUse = true;
    return original.apply(this, args);
  };
  return disguise(dispatcher, original);
}

// Otherwise each resource would be watched by the garbage collector.
const manualDestroy = { requireManualDestroy: true };

/** From now on stores that are entered are noticed; those that were entered before are looked for. */
export function noticeStores(patcher: Patcher): void {
  if (storesInUse) return;
  const marks = Object.getOwnPropertySymbols(new AsyncResource('Timeout', manualDestroy));
  storesInUse = marks.some(({ description }) => description === 'kResourceStore');
  patcher.replace(AsyncLocalStorage.prototype, 'run', noticing);
  patcher.replace(AsyncLocalStorage.prototype, 'enterWith', noticing);
  patcher.replace(Object.getPrototypeOf(createHook({})) as { enable: Enter }, 'enable', noticing);
}

/** The context of the running code; null if there is none to keep. */
export function currentContext(type: 'Timeout' | 'Immediate'): AsyncResource | null {
  return storesInUse ? new AsyncResource(type, manualDestroy) : null;
}

/** Calls `callback` on `timer` in the context of the code that made it. */
export function callIn(
  context: AsyncResource | null,
  callback: (...args: never[]) => unknown,
  timer: object,
  args: readonly unknown[],
): void {
  const call = callback as (...args: unknown[]) => unknown;
  if (context === null) Reflect.apply(call, timer, args);
  else context.runInAsyncScope(call, timer, ...args);
}
