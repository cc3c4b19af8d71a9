import { disguise } from '../patcher.ts';
import { realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import type { TimerTable } from '../timers/timer-table.ts';
import { Numbered } from './numbered.ts';

interface Deadline {
  readonly didTimeout: boolean;
  timeRemaining(): number;
}

type Request = (callback: (deadline: Deadline) => void, options?: { readonly timeout?: number }) => number;
type Cancel = (id: number) => void;

/** Browsers give an idle callback 50 ms at most. */
const idleMs = 50;
let timers: TimerTable | null = null;
let callbacks: Numbered | null = null;

function requesting(original: Request): Request {
  const dispatcher: Request = function (this: unknown, callback, options) {
    if (timers === null || typeof callback !== 'function') return original.call(this, callback, options);
    callbacks ??= new Numbered(timers, 'requestIdleCallback');
    return callbacks.request(() => callback({ didTimeout: false, timeRemaining: () => idleMs }), 1);
  };
  return disguise(dispatcher, original);
}

function cancelling(original: Cancel): Cancel {
  const dispatcher: Cancel = function (this: unknown, id) {
    if (timers === null) original.call(this, id);
    else callbacks?.cancel(id);
  };
  return disguise(dispatcher, original);
}

/**
 * `requestIdleCallback`, where the host has it. The loop is idle whenever its clock moves, so a callback
 * runs 1 ms later and finds all the time it may have.
 */
export const idleCallbackTakeover: Takeover = {
  name: 'requestIdleCallback',
  install(patcher) {
    patcher.replace(realm, 'requestIdleCallback', requesting);
    patcher.replace(realm, 'cancelIdleCallback', cancelling);
  },
  attach(attachment) {
    ({ timers } = attachment);
  },
  detach() {
    timers = null;
    callbacks = null;
  },
};
