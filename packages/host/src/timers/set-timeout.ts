import { disguise } from '../patcher.ts';
import { realm, timers, timersPromises } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { noticeStores } from './contexts.ts';
import { clearing } from './clear.ts';
import { delayOf } from './delay.ts';
import { promisedTimeout } from './promises.ts';
import { Timeout, type Callback, type TimeoutKind } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

type SetTimeout = typeof setTimeout;
type Wait = typeof timersPromises.scheduler.wait;

const kind: TimeoutKind = { what: 'setTimeout', repeat: false };
let table: TimerTable | null = null;

function setting(original: SetTimeout): SetTimeout {
  const dispatcher = function (this: unknown, callback: Callback, delay: unknown): unknown {
    // The host refuses what is no function, in its own words.
    if (table === null || typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    // A rest parameter would make an array for each call, and few have arguments.
    const args: unknown[] | undefined = arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : undefined;
    return new Timeout(table, kind, callback, delayOf(delay), args);
  };
  return disguise(dispatcher as unknown as SetTimeout, original);
}

const promised = promisedTimeout(() => table);

/** `scheduler.wait`. */
function waiting(original: Wait): Wait {
  const dispatcher: Wait = function (this: unknown, delay, waitOptions) {
    // The host refuses what is no scheduler, in its own words.
    if (table === null || this !== timersPromises.scheduler) return original.call(this as never, delay, waitOptions);
    return timersPromises.setTimeout(delay, undefined, waitOptions);
  };
  return disguise(dispatcher, original);
}

export const setTimeoutTakeover: Takeover = {
  name: 'setTimeout',
  install(patcher) {
    noticeStores(patcher);
    for (const target of [realm, timers]) {
      patcher.replace(target, 'setTimeout', setting);
      patcher.replace(target, 'clearTimeout', clearing);
    }
    patcher.replace(timersPromises, 'setTimeout', promised);
    patcher.replace(Object.getPrototypeOf(timersPromises.scheduler) as object, 'wait', waiting);
  },
  attach(attachment) {
    table = attachment.timers;
  },
  detach() {
    table = null;
  },
};
