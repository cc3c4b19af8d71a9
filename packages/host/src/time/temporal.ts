import { createRequire } from 'node:module';
import type { withGlobal } from '@sinonjs/fake-timers';
import { disguise, type Patcher, type Replacement } from '../patcher.ts';
import { realm, type Realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import type { HostTime } from './host-time.ts';

type Now = Record<string, (...args: unknown[]) => unknown>;

/** The classes and, in the place of one, `Now`. */
interface TemporalNamespace {
  readonly Now: Now;
  readonly [kind: string]: unknown;
}

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

/** The same in the realm of `Temporal`, which has classes of its own. */
function translated(value: unknown, Temporal: TemporalNamespace): unknown {
  const kind = String((value as { [Symbol.toStringTag]: string })[Symbol.toStringTag]).replace(/^Temporal\./, '');
  return (Temporal[kind] as { from(text: string): unknown }).from(String(value));
}

function temporalOf(realm: Realm): TemporalNamespace | undefined {
  return (realm as { Temporal?: TemporalNamespace }).Temporal;
}

// The time zone is the host's.
function namesTold(): readonly string[] {
  return Object.keys((fakeNow ??= makeFakeNow())).filter((name) => name !== 'timeZoneId');
}

function installIn(patcher: Patcher, realm: Realm): void {
  const Temporal = temporalOf(realm);
  if (Temporal === undefined) return;
  for (const name of namesTold()) {
    patcher.replace<Now[string]>(Temporal.Now, name, (original) =>
      disguise(
        (...args) => (time === null ? original(...args) : translated(fakeNow![name]!(...args), Temporal)),
        original,
      ),
    );
  }
}

export const temporalTakeover: Takeover = {
  name: 'Temporal',
  install(patcher) {
    const Temporal = temporalOf(realm);
    if (Temporal === undefined) return;
    for (const name of namesTold()) patcher.replace(Temporal.Now, name, replacementFor(name));
  },
  installIn,
  attach(attachment) {
    time = attachment.time;
  },
  detach() {
    time = null;
  },
};
