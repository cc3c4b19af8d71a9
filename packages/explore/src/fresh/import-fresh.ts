import * as nodeModule from 'node:module';
import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { forgetNewListeners, show, TimeloomError } from '@timeloom/loop';
import { urlOf } from '../program-module.ts';
import { freshened, urlInRun, type Resolution, type ResolveContext } from './fresh-hooks.ts';
import { RequiredModules } from './required-modules.ts';

/** A module that was imported anew. */
export interface FreshModule {
  /** What it exports. */
  readonly exports: Readonly<Record<string, unknown>>;
  /**
   * Ends its time: what `require` gives is from now on what it was before, and who has begun to listen to
   * `unhandledRejection` and `uncaughtException` since does so no more. Idempotent. Node never gives up the
   * memory of ES modules.
   */
  forget(): void;
}

/** An import cannot end: a module awaits something that nobody will do. */
export class ImportStalledError extends TimeloomError {
  constructor(url: string) {
    super(
      'TIMELOOM_IMPORT_STALLED',
      `The import of ${url} never ends: a module awaits at its top level what does not happen there. Timers that ` +
        'are made while modules are imported fire once the run has begun: await them in the program.',
    );
  }
}

/** There is no memory left for another import. */
export class FreshMemoryError extends TimeloomError {
  constructor(imports: number, usedBytes: number, limitBytes: number) {
    const [used, limit] = [usedBytes, limitBytes].map((bytes) => Math.round(bytes / 2 ** 20).toLocaleString('en'));
    // Threads are replaced between two tasks, if these are not too large.
    const spread = isMainThread
      ? 'with workers, whose threads are replaced, or in several processes'
      : 'in more processes';
    super(
      'TIMELOOM_FRESH_MEMORY',
      `After ${imports.toLocaleString('en')} imports, modules fill the memory that Node has (${used} of ${limit} MB), ` +
        `for it gives up no ES module. Search ${spread} (shard), or give Node more memory (--max-old-space-size).`,
    );
  }
}

/** What V8 keeps for young objects, at most, and some more. */
const youngBytes = 256 * 2 ** 20;

let runs = 0;
let hooked = false;

/**
 * Imports a module anew, with everything that it imports or requires: TypeScript and JavaScript, ES modules
 * and CommonJS, its own files and those of packages. Their state is that of a new process. Shared with the
 * rest of the process are modules of Node, addons, the packages of Timeloom, and what is on `globalThis`.
 *
 * One at a time in a process: until it is forgotten, or another one is imported, `require` finds its
 * modules, wherever it is called. Node never gives up the memory of an ES module.
 *
 * @param module a `file:` URL, e.g. `new URL('./program.ts', import.meta.url)`.
 * @throws TypeError if it is none; what the modules throw while they are evaluated; ImportStalledError if
 * they wait for what does not come, as far as Node can tell (in a thread, it cannot); FreshMemoryError if
 * there is no memory left.
 */
export async function importFresh(module: URL | string): Promise<FreshModule> {
  const url = fileUrlOf(module);
  checkMemory();
  addHook();
  const run = String(++runs);
  const required = new RequiredModules(run);
  const forgetListeners = forgetNewListeners();
  let forgotten = false;
  const forget = (): void => {
    if (forgotten) return;
    forgotten = true;
    required.forget();
    forgetListeners();
  };
  try {
    return { exports: await importOrStall(urlInRun(url, run), url), forget };
  } catch (error) {
    forget();
    throw error;
  }
}

/** The URL of a file. @throws TypeError if it is none. */
export function fileUrlOf(module: URL | string): string {
  const url = urlOf({ module });
  if (url.startsWith('file:')) return url;
  throw new TypeError(`module must be a file: URL, got ${show(module)}`);
}

/** @throws FreshMemoryError before V8 ends the process, which it does when what is left is for young objects only. */
function checkMemory(): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  const most = Math.max(limit / 2, Math.min(0.8 * limit, limit - youngBytes));
  if (used > most) throw new FreshMemoryError(runs, used, limit);
}

/** @param url as the user knows it. */
function importOrStall(fresh: string, url: string): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const stalled = (): void => reject(new ImportStalledError(url));
    process.prependListener('beforeExit', stalled);
    const ended = (): void => void process.off('beforeExit', stalled);
    import(/* @vite-ignore */ fresh).then(resolve, reject).finally(ended);
  });
}

type ResolveHook = (
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Resolution,
) => Resolution;

/** Behind the hooks of others, whose URLs it changes. Synchronous where Node has that. */
function addHook(): void {
  if (hooked) return;
  hooked = true;
  const { register, registerHooks } = nodeModule as typeof nodeModule & {
    registerHooks?: (hooks: { resolve: ResolveHook }) => void;
  };
  if (registerHooks === undefined) register('./fresh-hooks.js', import.meta.url);
  else
    registerHooks({ resolve: (specifier, context, next) => freshened(specifier, context, next(specifier, context)) });
}
