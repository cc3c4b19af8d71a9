import { disguise } from '../patcher.ts';
import { realm } from '../realm.ts';
import type { Attachment, Takeover } from '../takeover.ts';
import { Numbered } from './numbered.ts';

type Request = (callback: (now: number) => void) => number;
type Cancel = (id: number) => void;

/** Frames of 60 a second, in whole milliseconds. */
const frameMs = 16;
let attached: Attachment | null = null;
let frames: Numbered | null = null;

function requesting(original: Request): Request {
  const dispatcher: Request = function (this: unknown, callback) {
    if (attached === null || typeof callback !== 'function') return original.call(this, callback);
    const { time: clock, timers } = attached;
    frames ??= new Numbered(timers, 'requestAnimationFrame');
    return frames.request(() => callback(clock.performanceNow()), frameMs - (clock.performanceNow() % frameMs));
  };
  return disguise(dispatcher, original);
}

function cancelling(original: Cancel): Cancel {
  const dispatcher: Cancel = function (this: unknown, id) {
    if (attached === null) original.call(this, id);
    else frames?.cancel(id);
  };
  return disguise(dispatcher, original);
}

/** `requestAnimationFrame`, where the host has it. */
export const animationFrameTakeover: Takeover = {
  name: 'requestAnimationFrame',
  install(patcher) {
    patcher.replace(realm, 'requestAnimationFrame', requesting);
    patcher.replace(realm, 'cancelAnimationFrame', cancelling);
  },
  attach(attachment) {
    attached = attachment;
  },
  detach() {
    attached = null;
    frames = null;
  },
};
