import { disguise } from '../patcher.ts';
import { process, realm, timers, timersPromises } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { noticeStores } from './contexts.ts';
import { Immediate } from './immediate.ts';
import { promisedImmediate } from './promises.ts';
import { Timeout, type Callback } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

type SetImmediate = typeof setImmediate;
type ClearImmediate = typeof clearImmediate;
type Yield = typeof timersPromises.scheduler.yield;

let table: TimerTable | null = null;

function setting(original: SetImmediate): SetImmediate {
  const dispatcher = function (this: unknown, callback: Callback, ...args: unknown[]): unknown {
    if (table === null || typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    return new Immediate(table, callback, args);
  };
  return disguise(dispatcher, original) as unknown as SetImmediate;
}

/** The class of the host's own. */
const HostImmediate: NewableFunction = (() => {
  const { setImmediate, clearImmediate } = timers;
  const immediate = setImmediate(() => {});
  clearImmediate(immediate);
  return immediate.constructor;
})();

/** Node before 24 takes whatever it is given for an immediate, and counts one less: the last ones then never run. */
const countsNonsense = Number(process.versions.node.split('.')[0]) < 24;

function clearing(original: ClearImmediate): ClearImmediate {
  const dispatcher = function (this: unknown, immediate: unknown): void {
    if (immediate instanceof Immediate) immediate.close();
    else if (immediate instanceof HostImmediate) Reflect.apply(original, this, [immediate]);
    // The loop runs on the host's immediates, so they are to be counted right. What Node says of nonsense, it
    // says here.
    else if (countsNonsense && isNonsense(immediate)) immediate._destroyed = true;
  };
  return disguise(dispatcher, original) as ClearImmediate;
}

function isNonsense(value: unknown): value is { _destroyed: unknown } {
  return Boolean(value) && !(value instanceof Timeout) && (value as { _destroyed?: unknown })._destroyed !== true;
}

const promised = promisedImmediate(() => table);

/** `scheduler.yield`. */
function yielding(original: Yield): Yield {
  const dispatcher: Yield = function (this: unknown) {
    if (table === null || this !== timersPromises.scheduler) return original.call(this as never);
    return timersPromises.setImmediate();
  };
  return disguise(dispatcher, original);
}

export const setImmediateTakeover: Takeover = {
  name: 'setImmediate',
  install(patcher) {
    noticeStores(patcher);
    for (const target of [realm, timers]) {
      patcher.replace(target, 'setImmediate', setting);
      patcher.replace(target, 'clearImmediate', clearing);
    }
    patcher.replace(timersPromises, 'setImmediate', promised);
    patcher.replace(Object.getPrototypeOf(timersPromises.scheduler) as object, 'yield', yielding);
  },
  attach(attachment) {
    table = attachment.timers;
  },
  detach() {
    table = null;
  },
};
