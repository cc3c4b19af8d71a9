import { resolve as resolvePath } from 'node:path';
import { explore as ownExplore, type Program, type ProgramSource } from '@timeloom/explore';
import { takeOver } from '@timeloom/host';
import { show } from '@timeloom/loop';
import { watchForEscape } from './escape.ts';
import { ExitCode, UsageError } from './exit-code.ts';
import { freshSource } from './fresh.ts';
import { hosted, programOf, searchedHost } from './hosted.ts';
import { checkProgramFile } from './load-errors.ts';
import { load } from './load.ts';
import { tsxLoader, type ExploreModule, type Loader } from './loader.ts';
import { hostTurn } from './program-loops.ts';
import { describeFailure } from './report.ts';
import type { Watch, WatchOptions } from './watch/watch.ts';

export interface ExploreIo {
  /** Takes the result. Default: a line on stdout. */
  readonly print?: ((text: string) => void) | undefined;
  /** Takes errors and the trace. Default: a line on stderr. */
  readonly write?: ((text: string) => void) | undefined;
  /** Takes the line of progress, as for a terminal; null for none. Default: stderr if that is a terminal. */
  readonly progress?: ((text: string) => void) | null | undefined;
  /** Ends a search when it is aborted, with the report so far. */
  readonly signal?: AbortSignal | undefined;
  /** Most characters of a line of a table. Default: as many as the terminal has, else 100. */
  readonly width?: number | undefined;
  /**
   * True if the process is there for the search alone: it is ended, with the exit code 4, when a step of the
   * program does not end. Default false: then it hangs.
   */
  readonly wholeProcess?: boolean | undefined;
  /** Default: TypeScript and JavaScript through tsx. A fresh program is always imported so. */
  readonly loader?: Loader | undefined;
}

/** For how long one step may take, in real milliseconds. */
export const defaultPatienceMs = 10_000;

/** How a program is begun. */
interface Begin {
  readonly fresh: boolean;
  readonly patienceMs: number | undefined;
  readonly describe: WatchOptions['describe'];
  readonly hearsInterrupts: boolean;
}

interface Result {
  /** What is printed; null for nothing. */
  readonly text: string | null;
  readonly exitCode: ExitCode;
}

/** Loads a program, does something with it, and prints the result; errors are written, and told by the exit code. */
export async function withProgram(
  file: string,
  { fresh, ...watching }: Begin,
  io: ExploreIo,
  action: (program: Program | ProgramSource, module: ExploreModule, watch: Watch | null) => Promise<Result>,
): Promise<ExitCode> {
  if (typeof file !== 'string') throw new TypeError(`file must be a path, got ${show(file)}`);
  const { print = writeLine(process.stdout), write = writeLine(process.stderr), loader = tsxLoader } = io;
  let watch: Watch | null = null;
  // Loops find their own deadlocks, as fresh imports do; what waits outside of any is found while the file loads.
  const state = { running: fresh };
  let searching = false;
  const escape = watchForEscape(state);
  const work = async (): Promise<Result> => {
    const path = resolvePath(file);
    checkProgramFile(file, path);
    if (io.wholeProcess === true) watch = await watchFrom(watching);
    const module = await exploreModule(loader, file, path);
    await watch?.listening;
    // Another copy of the loop cannot have our host.
    const isHosted = module.explore === ownExplore;
    const restore = isHosted ? takeOver(searchedHost) : () => {};
    try {
      // From its import on: listeners that modules have made then are the program's.
      return await module.watchingUncaught(async () => {
        const source = await sourceOf(file, path, { fresh, isHosted, loader });
        return await search(module, watch?.watched(source) ?? source);
      });
    } finally {
      restore();
    }
  };
  const search = async (module: ExploreModule, program: Program | ProgramSource): Promise<Result> => {
    state.running = searching = true;
    const result = await action(program, module, watch).catch(refuse);
    // Node tells of rejections that nobody handles only when microtasks are through.
    await hostTurn();
    return result;
  };
  try {
    const { text, exitCode } = await Promise.race([work(), escape.failure]);
    if (text !== null) print(text);
    return exitCode;
  } catch (error) {
    const explained = explain(error);
    write(describeFailure(explained));
    // Without a search there is no failure that it found: the file is not what it should be.
    return explained instanceof UsageError || !searching ? ExitCode.usage : ExitCode.failed;
  } finally {
    escape.stop();
    (watch as Watch | null)?.stop();
  }
}

/** Only for whole processes: it loads what makes threads. */
async function watchFrom({ patienceMs = defaultPatienceMs, ...options }: Omit<Begin, 'fresh'>): Promise<Watch> {
  const { Watch } = await import('./watch/watch.ts');
  try {
    return new Watch({ patienceMs, ...options });
  } catch (error) {
    return refuse(error);
  }
}

interface SourceOptions {
  readonly fresh: boolean;
  /** Whether the host is on the loops of runs. */
  readonly isHosted: boolean;
  readonly loader: Loader;
}

/** Imports a program, to be run as it is or to see that it can be imported for each run. */
async function sourceOf(
  file: string,
  path: string,
  { fresh, isHosted, loader }: SourceOptions,
): Promise<Program | ProgramSource> {
  if (fresh) return await freshSource(file, path, isHosted);
  const program = programOf(await load(loader, path), file);
  return isHosted ? hosted(program) : program;
}

async function exploreModule(loader: Loader, file: string, path: string): Promise<ExploreModule> {
  const module = loader.exploreFor === undefined ? await import('@timeloom/explore') : await loader.exploreFor(path);
  if (module !== null) return module;
  throw new UsageError(
    `${file} has a copy of @timeloom/asyncio of its own, and no @timeloom/explore that goes with it.\n` +
      'Install it: npm install @timeloom/explore',
  );
}

/** A search throws these for its options only: what the program does wrong is in the result. */
function refuse(error: unknown): never {
  const aboutOptions = error instanceof TypeError || error instanceof RangeError;
  throw aboutOptions ? new UsageError(error.message, { cause: error }) : error;
}

/** By code and not by class: the program may have another copy of the packages than we do. */
const usageCodes: readonly unknown[] = ['TIMELOOM_TOKEN', 'TIMELOOM_REPLAY_DIVERGED', 'TIMELOOM_FRESH_MEMORY'];

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !usageCodes.includes(error.code)) return error;
  return new UsageError(error.message, { cause: error });
}

export function writeLine(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => void stream.write(`${text}\n`);
}
