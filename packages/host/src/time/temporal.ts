import { createRequire } from 'node:module';
import type { withGlobal } from '@sinonjs/fake-timers';
import { disguise, type Replacement } from '../patcher.ts';
import { realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import type { HostTime } from './host-time.ts';

type Now = Record<string, (...args: unknown[]) => unknown>;

let time: HostTime | null = null;

/** `Temporal.Now` of fake-timers, on a clock that nobody ticks: it reads the loop's. */
let fakeNow: Now | null = null;

function makeFakeNow(): Now {
  // Loading it takes 25 ms, which hosts without Temporal are spared.
  const fakeTimers = createRequire(import.meta.url)('@sinonjs/fake-timers') as { withGlobal: typeof withGlobal };
  const clock = fakeTimers.withGlobal(realm).createClock();
  Object.defineProperty(clock, 'now', { get: () => time!.epochMs() });
  return (clock as unknown as { Temporal: { Now: Now } }).Temporal.Now;
}

const telling = new Map<string, Replacement<Now[string]>>();

function replacementFor(name: string): Replacement<Now[string]> {
  let replacement = telling.get(name);
  if (replacement === undefined) {
    replacement = (original) =>
      disguise((...args) => (time === null ? original(...args) : fakeNow![name]!(...args)), original);
    telling.set(name, replacement);
  }
  return replacement;
}

export const temporalTakeover: Takeover = {
  name: 'Temporal',
  install(patcher) {
    const { Temporal } = realm as unknown as { Temporal?: { Now: Now } };
    if (Temporal === undefined) return;
    fakeNow ??= makeFakeNow();
    for (const name of Object.keys(fakeNow)) {
      // The time zone is the host's.
      if (name !== 'timeZoneId') patcher.replace(Temporal.Now, name, replacementFor(name));
    }
  },
  attach(attachment) {
    time = attachment.time;
  },
  detach() {
    time = null;
  },
};
