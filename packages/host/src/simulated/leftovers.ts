import { process } from '../realm.ts';

type Args = readonly unknown[];

/** So many names are remembered: chance repeats, so that the first runs make those that the others will. */
const most = 1000;

/** What runs of this thread have made on the real disk, and nothing but itself can have made: the last run of each. */
const madeBy = new Map<string, number>();

let runs = 0;
let warned = false;

/** What a call has to make, or it fails: the path; undefined for other calls. */
function newPathOf(name: string, [path, second, third]: Args): string | undefined {
  const flags =
    name === 'openSync' ? second : name === 'writeFileSync' ? (third as { flag?: unknown } | null)?.flag : undefined;
  const isNew = name === 'mkdirSync' ? !(second as { recursive?: boolean } | null)?.recursive : isExclusive(flags);
  return isNew ? String(path) : undefined;
}

const isExclusive = (flags: unknown): boolean => typeof flags === 'string' && flags.includes('x');

/**
 * The disk keeps what a run leaves there, and chance repeats: a folder whose name is random was made by the run
 * before, and EEXIST, which never came in a process of its own, looks like what the order has done. Nothing is
 * removed, for who knows what it is to others. But it is told, once.
 */
export class Leftovers {
  readonly #run: number = ++runs;

  /** Makes a call of a `Sync` function. */
  around(name: string, args: Args, call: () => unknown): unknown {
    const path = newPathOf(name, args);
    if (path === undefined) return call();
    try {
      const result = call();
      if (madeBy.size < most || madeBy.has(path)) madeBy.set(path, this.#run);
      return result;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') this.#isThere(path);
      throw error;
    }
  }

  #isThere(path: string): void {
    if (warned || (madeBy.get(path) ?? this.#run) === this.#run) return;
    warned = true;
    process.emitWarning(
      `A run finds ${path}, which an earlier run has made and left there: the disk keeps it, and chance draws the ` +
        'same name in each run. Make temporary folders with mkdtemp, remove what a run has made at its end, or ' +
        'have the files of each run in memory (the option `on` of simulateIo)',
      { type: 'TimeloomWarning', code: 'TIMELOOM_FILE_OF_EARLIER_RUN' },
    );
  }
}
