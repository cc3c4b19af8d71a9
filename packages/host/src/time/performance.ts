import { disguise } from '../patcher.ts';
import { process, realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import type { HostTime } from './host-time.ts';
import { noticeObservers } from './observers.ts';
import { marking, measuring } from './user-timing.ts';

let time: HostTime | null = null;

type Hrtime = NodeJS.HRTime;

function now(original: () => number): () => number {
  const dispatcher = function (this: unknown): number {
    return time === null ? original.call(this) : time.performanceNow();
  };
  return disguise(dispatcher, original);
}

function timeOrigin(original: () => unknown): () => unknown {
  const dispatcher = function (this: unknown): unknown {
    return time === null ? Reflect.apply(original, this, []) : time.timeOrigin;
  };
  return disguise(dispatcher, original);
}

function hrtime(original: Hrtime): Hrtime {
  const dispatcher = function (previous?: [number, number]): [number, number] {
    // The host refuses what is no time, in its own words.
    const real = original(previous);
    if (time === null) return real;
    const now = time.monotonicNs();
    const since = previous === undefined ? now : now - nanosecondsOf(previous);
    return secondsAndNanoseconds(since);
  };
  const bigint = (): bigint => (time === null ? original.bigint() : time.monotonicNs());
  disguise(dispatcher, original);
  return Object.assign(dispatcher, { bigint: disguise(bigint, original.bigint) });
}

const second = 1_000_000_000n;

function nanosecondsOf([seconds, nanoseconds]: [number, number]): bigint {
  return BigInt(seconds) * second + BigInt(nanoseconds);
}

/** The nanoseconds are never negative; the seconds may be. */
function secondsAndNanoseconds(ns: bigint): [number, number] {
  const rest = ((ns % second) + second) % second;
  return [Number((ns - rest) / second), Number(rest)];
}

function uptime(original: () => number): () => number {
  const dispatcher = (): number => (time === null ? original() : time.performanceNow() / 1000);
  return disguise(dispatcher, original);
}

const mark = marking(() => time);
const measure = measuring(() => time);

export const performanceTakeover: Takeover = {
  name: 'performance',
  install(patcher) {
    const prototype = Object.getPrototypeOf(realm.performance) as object;
    patcher.replace(prototype, 'now', now);
    patcher.replaceGetter(prototype, 'timeOrigin', timeOrigin);
    patcher.replace(prototype, 'mark', mark);
    patcher.replace(prototype, 'measure', measure);
    noticeObservers(patcher);
    patcher.replace(process, 'hrtime', hrtime);
    patcher.replace(process, 'uptime', uptime);
  },
  attach(attachment) {
    time = attachment.time;
  },
  detach() {
    time = null;
  },
};
