import { disguise, type Patcher } from '../patcher.ts';
import { realm, timers } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { clearing } from './clear.ts';
import { delayOf } from './delay.ts';
import { Timeout, type Callback, type TimeoutOptions } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

type SetTimer = typeof setTimeout;

/** `setTimeout` or `setInterval`, with what clears it. */
function timerTakeover(name: 'setTimeout' | 'setInterval', clear: 'clearTimeout' | 'clearInterval'): Takeover {
  let table: TimerTable | null = null;
  const options: TimeoutOptions = { repeat: name === 'setInterval', ref: true, inherit: true, what: name };

  const setting = (original: SetTimer): SetTimer => {
    const dispatcher = function (this: unknown, callback: Callback, delay: unknown, ...args: unknown[]): unknown {
      // The host refuses what is no function, in its own words.
      if (table === null || typeof callback !== 'function') return Reflect.apply(original, this, arguments);
      return new Timeout(table, callback, delayOf(delay, original), args, options);
    };
    return disguise(dispatcher, original) as unknown as SetTimer;
  };

  return {
    name,
    install(patcher: Patcher) {
      for (const target of [realm, timers]) {
        patcher.replace(target, name, setting);
        patcher.replace(target, clear, clearing);
      }
    },
    attach(attachment) {
      table = attachment.timers;
    },
    detach() {
      table = null;
    },
  };
}

export const setTimeoutTakeover: Takeover = timerTakeover('setTimeout', 'clearTimeout');
export const setIntervalTakeover: Takeover = timerTakeover('setInterval', 'clearInterval');
