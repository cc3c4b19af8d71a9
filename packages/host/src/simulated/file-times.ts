import type { BigIntStats, Stats } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFs, realm } from '../realm.ts';

type Args = readonly unknown[];
type AnyStats = Stats | BigIntStats;
type Look = (subject: never, options?: object) => Stats | undefined;
type Time = 'atime' | 'mtime' | 'ctime' | 'birthtime';

/** In milliseconds since 1970, as the program has them; a time that is not there is that of the disk. */
type Times = Partial<Record<Time, number>>;

/** What a call does to times. */
interface Effect {
  /** Which argument says the file. */
  readonly file: 0 | 1;
  /** What changes: what is in the file, what is told of it, its times as the call says; or it goes. */
  readonly changes: 'content' | 'status' | 'times' | 'existence';
  /** True if a file that is there already does not change. */
  readonly newOnly?: boolean;
  /** True if the name may be that of a link, and means the link itself. */
  readonly ofLink?: boolean;
}

const { statSync, lstatSync, fstatSync, constants } = nodeFs as unknown as {
  statSync: Look;
  lstatSync: Look;
  fstatSync: Look;
  constants: typeof nodeFs.constants;
};

const content: Effect = { file: 0, changes: 'content' };
const status: Effect = { file: 0, changes: 'status' };
const times: Effect = { file: 0, changes: 'times' };
const existence: Effect = { file: 0, changes: 'existence', ofLink: true };

/** By the names of the `Sync` forms. */
const effects: Readonly<Record<string, Effect>> = {
  appendFileSync: content,
  chmodSync: status,
  chownSync: status,
  copyFileSync: { file: 1, changes: 'content' },
  cpSync: { file: 1, changes: 'content' },
  fchmodSync: status,
  fchownSync: status,
  ftruncateSync: content,
  futimesSync: times,
  lchownSync: { ...status, ofLink: true },
  linkSync: { file: 1, changes: 'status' },
  lutimesSync: { ...times, ofLink: true },
  mkdirSync: { ...content, newOnly: true },
  renameSync: { file: 1, changes: 'status', ofLink: true },
  rmSync: existence,
  rmdirSync: existence,
  symlinkSync: { file: 1, changes: 'content', ofLink: true },
  truncateSync: content,
  unlinkSync: existence,
  utimesSync: times,
  writeFileSync: content,
  writeSync: content,
  writevSync: content,
};

const statCalls: ReadonlySet<string> = new Set(['statSync', 'lstatSync', 'fstatSync']);

/**
 * Times of files of the real disk, as the program's own dates have them: what it writes at a virtual time is of
 * that time. The disk has the real one, which is decades later, and another one in each run.
 */
export class FileTimes {
  /** Of files that the program changed. */
  readonly #times = new Map<string, Times>();

  /** Calls a function of `node:fs`, and sees to it that times are right. */
  around(name: string, args: Args, call: () => unknown): unknown {
    if (statCalls.has(name)) return this.#told(call() as AnyStats | undefined);
    const effect = name === 'openSync' ? effectOfOpening(args[1]) : effects[name];
    const file = args[effect?.file ?? 0];
    const before = effect === undefined || typeof file === 'number' ? null : find(file, effect);
    const result = call();
    if (effect?.changes === 'existence') this.#isGone(file, before);
    else if (effect !== undefined) this.#hasChanged(effect, file, before !== null || typeof file === 'number');
    if (name === 'renameSync') for (const path of args.slice(0, 2)) this.#note(folderOf(path), 'content');
    if (name === 'mkdtempSync') this.#hasChanged(content, result, false);
    return result;
  }

  #isGone(file: unknown, before: Stats | null): void {
    if (before === null) return;
    // Its number may be another file's soon.
    if (before.nlink < 2 || before.isDirectory()) this.#times.delete(keyOf(before));
    this.#note(folderOf(file), 'content');
  }

  #hasChanged(effect: Effect, file: unknown, wasThere: boolean): void {
    if (wasThere && effect.newOnly === true) return;
    const stats = find(file, effect);
    if (!wasThere && effect.changes === 'content') this.#isNew(stats);
    else this.#note(stats, effect.changes);
    if (!wasThere) this.#note(folderOf(file), 'content');
  }

  #isNew(stats: Stats | null): void {
    if (stats === null) return;
    const now = realm.Date.now();
    this.#times.set(keyOf(stats), { atime: now, mtime: now, ctime: now, birthtime: now });
  }

  #note(stats: Stats | null, changes: Effect['changes']): void {
    if (stats === null) return;
    const now = realm.Date.now();
    const known: Times = { ...this.#times.get(keyOf(stats)), ctime: now };
    if (changes === 'content') known.mtime = now;
    if (changes === 'times') {
      // The disk has what the program said.
      delete known.atime;
      delete known.mtime;
    }
    this.#times.set(keyOf(stats), known);
  }

  #told(stats: AnyStats | undefined): AnyStats | undefined {
    const known = stats === undefined ? undefined : this.#times.get(keyOf(stats));
    if (known !== undefined) for (const [time, ms] of Object.entries(known)) setTime(stats!, time as Time, ms);
    return stats;
  }
}

function effectOfOpening(flags: unknown = 'r'): Effect | undefined {
  const isNumber = typeof flags === 'number';
  const truncates = isNumber ? (flags & constants.O_TRUNC) !== 0 : String(flags).startsWith('w');
  const creates = isNumber ? (flags & constants.O_CREAT) !== 0 : !String(flags).startsWith('r');
  if (truncates) return content;
  return creates ? { ...content, newOnly: true } : undefined;
}

/** Null if it is not there. */
function find(file: unknown, { ofLink = false }: Pick<Effect, 'ofLink'> = {}): Stats | null {
  const look = typeof file === 'number' ? fstatSync : ofLink ? lstatSync : statSync;
  try {
    return look(file as never, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function folderOf(path: unknown): Stats | null {
  const isUrl = path instanceof URL;
  return isUrl || typeof path === 'string' ? find(dirname(isUrl ? fileURLToPath(path) : path)) : null;
}

/** Numbers that are too large for one are rounded, in both kinds of Stats alike. */
const keyOf = ({ dev, ino }: AnyStats): string => `${Number(dev)}:${Number(ino)}`;

function setTime(stats: AnyStats, time: Time, ms: number): void {
  const isBigInt = typeof stats.ino === 'bigint';
  const values = { [time]: new realm.Date(ms), [`${time}Ms`]: isBigInt ? BigInt(ms) : ms };
  Object.assign(stats, values, isBigInt ? { [`${time}Ns`]: BigInt(ms) * 1_000_000n } : {});
}
