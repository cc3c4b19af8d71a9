import { disguise, type Patcher } from '../patcher.ts';
import { nodeFs, process } from '../realm.ts';

type Watch = (this: unknown, ...args: unknown[]) => unknown;

/** What the host calls a watcher of files among its resources. */
const resource = 'FSEventWrap';

/** True once the program has asked for one. */
let anyMade = false;

const noting = (original: Watch): Watch =>
  disguise(function (this: unknown, ...args: unknown[]): unknown {
    anyMade = true;
    return Reflect.apply(original, this, args);
  }, original);

/**
 * True while files are watched (`fs.watch`) by a watcher that keeps the program alive. On Linux the host's next poll
 * tells of what this process, or one that has ended, has done to them; elsewhere the system may tell later.
 */
export const filesAreWatched = (): boolean => anyMade && process.getActiveResourcesInfo().includes(resource);

/** Has it noted that files are watched: most programs watch none, and need not be asked about it. */
export function watchFileWatchers(patcher: Patcher): void {
  patcher.replace(nodeFs, 'watch', noting);
  patcher.replace(nodeFs.promises, 'watch', noting);
}
