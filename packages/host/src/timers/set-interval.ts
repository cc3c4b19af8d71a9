import { disguise } from '../patcher.ts';
import { realm, timers, timersPromises } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { noticeStores } from './contexts.ts';
import { clearing } from './clear.ts';
import { delayOf } from './delay.ts';
import { promisedInterval } from './promises.ts';
import { Timeout, type Callback, type TimeoutKind } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

type SetInterval = typeof setInterval;

const kind: TimeoutKind = { what: 'setInterval', repeat: true };
let table: TimerTable | null = null;

function setting(original: SetInterval): SetInterval {
  const dispatcher = function (this: unknown, callback: Callback, delay: unknown): unknown {
    if (table === null || typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    // A rest parameter would make an array for each call, and few have arguments.
    const args: unknown[] | undefined = arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : undefined;
    return new Timeout(table, kind, callback, delayOf(delay), args);
  };
  return disguise(dispatcher as unknown as SetInterval, original);
}

const promised = promisedInterval(() => table);

export const setIntervalTakeover: Takeover = {
  name: 'setInterval',
  install(patcher) {
    noticeStores(patcher);
    for (const target of [realm, timers]) {
      patcher.replace(target, 'setInterval', setting);
      patcher.replace(target, 'clearInterval', clearing);
    }
    patcher.replace(timersPromises, 'setInterval', promised);
  },
  attach(attachment) {
    table = attachment.timers;
  },
  detach() {
    table = null;
  },
};
