import type { BigIntStats, Stats, StatWatcher } from 'node:fs';
import { resolve } from 'node:path';
import { disguise } from '../patcher.ts';
import { nodeFs } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { noticeStores } from './contexts.ts';
import { delayOf } from './delay.ts';
import { Timeout, type TimeoutKind } from './timeout.ts';
import type { TimerTable } from './timer-table.ts';

type WatchFile = (this: unknown, ...args: unknown[]) => StatWatcher;
type AnyStats = Stats | BigIntStats;
type Look = (path: never, options: { bigint: boolean }, done: (error: Error | null, stats: AnyStats) => void) => void;

/** Node's watcher. Its handle would look at the file in real time. */
interface Watcher extends StatWatcher {
  readonly _handle?: { onchange: unknown; hasRef(): boolean } | null;
}

const { stat, statSync } = nodeFs as unknown as { stat: Look; statSync: typeof nodeFs.statSync };

const kind: TimeoutKind = { what: 'fs.watchFile', repeat: true };
/** As often as Node looks, in milliseconds. */
const defaultInterval = 5007;
const longestInterval = 2 ** 32 - 1;
/** What makes a file another one. */
const compared = [
  'dev',
  'mode',
  'uid',
  'gid',
  'ino',
  'size',
  'mtimeMs',
  'ctimeMs',
  'birthtimeMs',
  'mtimeNs',
  'ctimeNs',
];

const field = (stats: AnyStats, name: string): unknown => (stats as unknown as Record<string, unknown>)[name];
const isSame = (one: AnyStats, other: AnyStats): boolean =>
  compared.every((name) => field(one, name) === field(other, name));

/** A date like another one. */
const epoch = ({ constructor }: Date): Date => new (constructor as DateConstructor)(0);

/** What Node tells of a file that is not there. */
function nothing(bigint: boolean): AnyStats {
  const sample = statSync(process.execPath, { bigint } as { bigint: false });
  const zero = Object.create(Object.getPrototypeOf(sample) as object) as Record<string, unknown>;
  for (const [name, value] of Object.entries(sample)) {
    zero[name] = typeof value === 'number' ? 0 : typeof value === 'bigint' ? 0n : epoch(value as Date);
  }
  return zero as unknown as AnyStats;
}

/** Looks at a file on the virtual clock, in the place of the handle of Node's watcher. */
class Poller {
  readonly #watcher: Watcher;
  readonly #path: unknown;
  readonly #bigint: boolean;
  readonly #timer: Timeout;
  /** What it was when it was there for the last time. */
  #last: AnyStats | null = null;
  /** Why it could not be looked at; null if it could, or was not yet. */
  #missing: unknown = null;
  #looking = false;

  constructor(table: TimerTable, watcher: Watcher, path: unknown, bigint: boolean, interval: number) {
    this.#watcher = watcher;
    this.#path = path;
    this.#bigint = bigint;
    this.#timer = new Timeout(table, kind, () => this.#look(), interval);
    watcher.once('stop', () => this.#timer.close());
    this.#look();
  }

  /** Keeps the program alive as long as the watcher does. */
  syncRef(): void {
    if (this.#watcher._handle?.hasRef() === false) this.#timer.unref();
    else this.#timer.ref();
  }

  #look(): void {
    this.syncRef();
    if (this.#looking) return;
    this.#looking = true;
    stat(this.#path as never, { bigint: this.#bigint }, (error, stats) => {
      this.#looking = false;
      if (this.#watcher._handle === null) return;
      if (error !== null) this.#isMissing((error as NodeJS.ErrnoException).code);
      else this.#isThere(stats);
    });
  }

  #isMissing(code: unknown): void {
    if (code === this.#missing) return;
    this.#missing = code;
    const none = nothing(this.#bigint);
    this.#watcher.emit('change', none, this.#last ?? none);
  }

  #isThere(stats: AnyStats): void {
    const wasMissing = this.#missing !== null;
    const last = this.#last ?? (wasMissing ? nothing(this.#bigint) : stats);
    this.#missing = null;
    this.#last = stats;
    if (wasMissing || !isSame(last, stats)) this.#watcher.emit('change', stats, last);
  }
}

let table: TimerTable | null = null;
const pollers = new WeakMap<Watcher, Poller>();

function watching(original: WatchFile): WatchFile {
  return disguise(function (this: unknown, ...args: unknown[]): StatWatcher {
    const [path, given] = args;
    const options = (typeof given === 'object' && given !== null ? given : {}) as {
      interval?: unknown;
      bigint?: unknown;
    };
    const { interval = defaultInterval, bigint = false } = options;
    const isInterval =
      Number.isInteger(interval) && (interval as number) >= 0 && (interval as number) <= longestInterval;
    // What Node refuses is refused by Node.
    if (table === null || !isInterval) return Reflect.apply(original, this, args);
    const rest = given === options ? args.slice(2) : args.slice(1);
    const watcher = Reflect.apply(original, this, [
      path,
      { ...options, interval: longestInterval },
      ...rest,
    ]) as Watcher;
    const { _handle: handle } = watcher;
    if (!handle) return watcher;
    let poller = pollers.get(watcher);
    if (poller === undefined) {
      handle.onchange = () => {};
      const absolute = typeof path === 'string' ? resolve(path) : path;
      poller = new Poller(table, watcher, absolute, Boolean(bigint), delayOf(interval));
      pollers.set(watcher, poller);
    }
    poller.syncRef();
    return watcher;
  }, original);
}

export const watchFileTakeover: Takeover = {
  name: 'fs.watchFile',
  install(patcher) {
    noticeStores(patcher);
    patcher.replace(nodeFs, 'watchFile', watching);
  },
  attach(attachment) {
    table = attachment.timers;
  },
  detach() {
    table = null;
  },
};
