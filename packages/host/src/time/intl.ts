import { disguise, type Patcher } from '../patcher.ts';
import { realm, type Realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import type { HostTime } from './host-time.ts';

let time: HostTime | null = null;

type Format = (this: Intl.DateTimeFormat, date?: unknown) => unknown;

/** A method or function of a formatter that formats the present if it is given no date. */
function defaultingToNow(original: Format): Format {
  const dispatcher: Format = function (date) {
    return original.call(this, date === undefined && time !== null ? time.epochMs() : date);
  };
  return disguise(dispatcher, original);
}

const bound = new WeakMap<object, Format>();

/** `format` is a getter that gives each formatter a function of its own, always the same one. */
function format(original: () => unknown): () => unknown {
  const dispatcher = function (this: object): unknown {
    const real = original.call(this) as Format;
    let dispatching = bound.get(real);
    if (dispatching === undefined) bound.set(real, (dispatching = defaultingToNow(real)));
    return dispatching;
  };
  return disguise(dispatcher, original);
}

function installIn(patcher: Patcher, realm: Realm): void {
  const { prototype } = realm.Intl.DateTimeFormat;
  patcher.replaceGetter(prototype, 'format', format);
  patcher.replace(prototype, 'formatToParts', defaultingToNow);
}

/**
 * The host's own formatters, whose default is the loop's present. (The Intl of fake-timers is a copy of
 * the host's, whose formatters are not `instanceof Intl.DateTimeFormat`.)
 */
export const intlTakeover: Takeover = {
  name: 'Intl',
  install: (patcher) => installIn(patcher, realm),
  installIn,
  attach(attachment) {
    time = attachment.time;
  },
  detach() {
    time = null;
  },
};
