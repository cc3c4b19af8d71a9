import { disguise } from '../patcher.ts';
import { realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import type { HostTime } from '../time/host-time.ts';
import { Numbered } from './numbered.ts';

type Request = (callback: (now: number) => void) => number;
type Cancel = (id: number) => void;

/** Frames of 60 a second, in whole milliseconds. */
const frameMs = 16;
let frames: Numbered | null = null;
let time: HostTime | null = null;

function requesting(original: Request): Request {
  const dispatcher: Request = function (this: unknown, callback) {
    if (frames === null || time === null || typeof callback !== 'function') return original.call(this, callback);
    const clock = time;
    return frames.request(() => callback(clock.performanceNow()), frameMs - (clock.performanceNow() % frameMs));
  };
  return disguise(dispatcher, original);
}

function cancelling(original: Cancel): Cancel {
  const dispatcher: Cancel = function (this: unknown, id) {
    if (frames === null) original.call(this, id);
    else frames.cancel(id);
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
    ({ time } = attachment);
    frames = new Numbered(attachment.timers, 'requestAnimationFrame');
  },
  detach() {
    frames = null;
    time = null;
  },
};
