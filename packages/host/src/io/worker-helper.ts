import { fileURLToPath } from 'node:url';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { nodeFs, process, workerThreads } from '../realm.ts';
import { portsIn } from './port-ends.ts';
import { execArgvKey, noteTalk } from './thread-memory.ts';

const { setEnvironmentData } = workerThreads;
// Not what is asked by steps of a loop whose files are simulated.
const { existsSync } = nodeFs;

/** Built from in-worker.ts, also for tests that run from the sources: it is a thread of its own. */
const helper = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/in-worker.cjs' : './in-worker.cjs', import.meta.url),
);

// What workers have if they are given nothing. Changes that a program makes do not reach them.
const inherited: readonly string[] = [...process.execArgv];
/** Those of them that are for workers, as far as it is known. */
let forWorkers: readonly string[] = inherited;
const inheritedByVariable = process.env['NODE_OPTIONS'];

/** True while the host sends a new worker its own port. */
let starting = false;
let helping = false;

/** In the constructor of a worker: whether it says what it does. */
export const workerIsHelped = (): boolean => helping;

/** A port goes somewhere: its other end may be with a worker, or get there. */
export function noteTransfer(list: unknown): void {
  if (!starting && portsIn(list).length > 0) noteTalk();
}

type WorkerArguments = [file: string | URL, options?: WorkerOptions];

/** The arguments with those that load the helper first; null where it could not be loaded, or not without a change. */
function withHelper([file, options]: WorkerArguments): WorkerArguments | null {
  if (options === null || typeof (options ?? {}) !== 'object') return null;
  const { execArgv, env } = options ?? {};
  const variables = (env === undefined || typeof env !== 'object' ? process.env : env)?.['NODE_OPTIONS'];
  // With arguments of its own a worker reads the variable again; otherwise it has what its thread began with.
  if (execArgv === undefined && env === undefined && variables !== inheritedByVariable) return null;
  if (execArgv !== undefined && !Array.isArray(execArgv)) return null;
  // In an archive, which only Yarn can look into, in workers that it is loaded in as well.
  const isThere = existsSync(helper) && (!/\.zip[\\/]/.test(helper) || variables?.includes('.pnp.') === true);
  if (!isThere) return null;
  // How the flag is written tells the helper whose arguments are behind it: in-worker.ts puts them right.
  const given = execArgv === undefined ? ['-r', helper, ...forWorkers] : ['--require', helper, ...execArgv];
  return [file, { ...options, execArgv: given }];
}

/**
 * Learns from the host's error which of the inherited arguments are for processes only: they are the whole
 * process's, and workers but see them (see in-worker.ts).
 *
 * @returns whether it was something new.
 */
function refusedAre(error: unknown): boolean {
  const refused =
    /invalid execArgv flags: (.*)/.exec((error as Partial<Error> | null)?.message ?? '')?.[1]?.split(', ') ?? [];
  const before = forWorkers.length;
  forWorkers = forWorkers.filter((argument) => !refused.includes(argument));
  if (forWorkers.length === before) return false;
  setEnvironmentData(execArgvKey, [...inherited]);
  return true;
}

/**
 * Has workers say what they do, as long as that is wanted.
 *
 * @param started is given each worker, and the list of what was transferred to it at its start.
 */
export const helped =
  (isWanted: () => boolean, started: (worker: Worker, transferred: unknown) => void) =>
  (original: typeof Worker): typeof Worker =>
    new Proxy(original, {
      construct(target, args: WorkerArguments, newTarget): Worker {
        noteTransfer(args[1]?.transferList);
        const construct = (these: WorkerArguments, withHelp: boolean): Worker => {
          starting = true;
          helping = withHelp;
          try {
            const worker = Reflect.construct(target, these, newTarget) as Worker;
            started(worker, args[1]?.transferList);
            return worker;
          } finally {
            starting = helping = false;
          }
        };
        while (isWanted()) {
          const these = withHelper(args);
          if (these === null) break;
          try {
            return construct(these, true);
          } catch (error) {
            if (args[1]?.execArgv !== undefined || !refusedAre(error)) break;
          }
        }
        // What is wrong with the program's own arguments is thrown again.
        return construct(args, false);
      },
    });
