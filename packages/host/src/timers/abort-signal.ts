import { disguise } from '../patcher.ts';
import { realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { delayOf } from './delay.ts';
import { Timeout, type TimeoutKind } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

type TimeoutSignal = typeof AbortSignal.timeout;

const kind: TimeoutKind = { what: 'AbortSignal.timeout', repeat: false };
const longest = 2 ** 32 - 1;
let table: TimerTable | null = null;

function timingOut(original: TimeoutSignal): TimeoutSignal {
  const dispatcher: TimeoutSignal = function (this: unknown, delay) {
    // The host refuses what is no delay, in its own words.
    const refused = !Number.isInteger(delay) || delay < 0 || delay > longest;
    if (table === null || refused) return original.call(this as typeof AbortSignal, delay);
    const controller = new AbortController();
    const abort = (): void =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    // As in Node, a signal keeps no program alive.
    void new Timeout(table, kind, abort, delayOf(delay), [], false);
    return controller.signal;
  };
  return disguise(dispatcher, original);
}

export const abortSignalTakeover: Takeover = {
  name: 'AbortSignal.timeout',
  install(patcher) {
    patcher.replace(realm.AbortSignal, 'timeout', timingOut);
  },
  attach(attachment) {
    table = attachment.timers;
  },
  detach() {
    table = null;
  },
};
