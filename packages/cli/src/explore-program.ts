import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  explore as ownExplore,
  type ExecutionOptions,
  type ExploreOptions,
  type Program,
  type ProgramSource,
  type ReportOptions,
} from '@timeloom/explore';
import { takeOver } from '@timeloom/host';
import { show } from '@timeloom/loop';
import { watchForEscape } from './escape.ts';
import { ExitCode, UsageError } from './exit-code.ts';
import { freshSource } from './fresh.ts';
import { hosted, programOf, searchedHost } from './hosted.ts';
import { explorationToJson, replayToJson } from './json.ts';
import { checkProgramFile } from './load-errors.ts';
import { load } from './load.ts';
import { tsxLoader, type ExploreModule, type Loader } from './loader.ts';
import { hostTurn } from './program-loops.ts';
import { showProgress } from './progress.ts';
import { typescriptArguments } from './register-typescript.ts';
import { describeFailure } from './report.ts';
import { traceSteps } from './step-trace.ts';

/** How the orders of a program may differ: the same for a search and for the replay of what it found. */
export interface OrderOptions extends Pick<
  ExecutionOptions,
  'reorder' | 'latenessMs' | 'runAheadMs' | 'scope' | 'maxSteps' | 'maxStepsPerInstant'
> {
  /**
   * True imports the program anew for each run, with everything that it imports; default false. The memory
   * of ES modules is never given up.
   */
  readonly fresh?: boolean | undefined;
  /** True prints the result as JSON; default false. */
  readonly json?: boolean | undefined;
}

/** As those of explore(). */
export interface ExploreProgramOptions
  extends
    OrderOptions,
    Pick<
      ExploreOptions,
      'runs' | 'seed' | 'depth' | 'undeclared' | 'maxTimeMs' | 'shard' | 'shrinkToAny' | 'nondeterminism'
    > {
  /** Name of a strategy; default `pct`. */
  readonly strategy?: string | undefined;
  /** True goes on after a failure and collects the different ones; default false. */
  readonly keepGoing?: boolean | undefined;
  /** How many threads make the runs; default 1. */
  readonly workers?: number | undefined;
}

export interface ReplayProgramOptions extends OrderOptions {
  /** True writes each step, those of the cleanup included; default false. */
  readonly trace?: boolean | undefined;
}

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
  /** Default: TypeScript and JavaScript through tsx. A fresh program is always imported so. */
  readonly loader?: Loader | undefined;
}

/**
 * Searches the orders of a program as `timeloom explore` does. One at a time in a process: it takes the
 * host's timers and dates over.
 *
 * @returns the exit code: 0 nothing found, 1 a failure, 2 the file or an option is wrong, 130 aborted.
 * Never throws what the program throws.
 */
export async function exploreProgram(
  file: string,
  options: ExploreProgramOptions = {},
  io: ExploreIo = {},
): Promise<ExitCode> {
  const { json = false, keepGoing = false, workers = 1, fresh = false, ...search } = options;
  const { progress = terminal(), signal } = io;
  return await withProgram(file, fresh, io, async (program, { explore, ...module }) => {
    const shown = showProgress(progress);
    // Threads import the program themselves.
    const threads =
      workers > 1 ? { count: workers, execArgv: [...process.execArgv, ...typescriptArguments] } : undefined;
    const subject = threads === undefined ? program : { module: moduleForThreads(file, fresh, explore) };
    try {
      const whole = { ...search, signal, stopAtFirst: !keepGoing, workers: threads, onRun: shown.update };
      const result = await explore(subject, whole);
      shown.erase();
      const report = { ...reportOptions(io), program: file, replayOptions: argumentsOf(options) };
      const toReplay = (token: string): string => module.replayLine(token, report);
      const text = json ? explorationToJson(module, result, toReplay) : module.formatExploration(result, report);
      return { text, exitCode: result.ended === 'aborted' ? ExitCode.interrupted : exitCodeFor(result.passed) };
    } finally {
      shown.erase();
    }
  });
}

/**
 * Runs a program once, along the schedule of a token, as `timeloom replay` does.
 *
 * @returns the exit code: 0 the program passes, 1 it fails, 2 the file or the token is wrong. Never
 * throws what the program throws.
 */
export async function replayProgram(
  file: string,
  token: string,
  options: ReplayProgramOptions = {},
  io: ExploreIo = {},
): Promise<ExitCode> {
  const { json = false, trace = false, fresh = false, ...order } = options;
  const { write = writeLine(process.stderr) } = io;
  return await withProgram(file, fresh, io, async (program, module) => {
    const instruments = trace ? [traceSteps(write)()] : [];
    const result = await module.replay(program, token, { ...order, instruments });
    const text = json ? replayToJson(module, result) : module.formatReplay(result, reportOptions(io));
    return { text, exitCode: exitCodeFor(result.outcome.kind === 'passed') };
  });
}

function moduleForThreads(file: string, fresh: boolean, explore: ExploreModule['explore']): URL {
  const url = pathToFileURL(resolvePath(file));
  if (explore !== ownExplore && !fresh) return url;
  const module = new URL('./hosted-program.js', import.meta.url);
  module.searchParams.set('file', url.href);
  if (fresh) module.searchParams.set('fresh', '');
  if (explore !== ownExplore) module.searchParams.set('unhosted', '');
  return module;
}

function exitCodeFor(passed: boolean): ExitCode {
  return passed ? ExitCode.ok : ExitCode.failed;
}

function reportOptions({ width = process.stdout.columns }: ExploreIo): ReportOptions {
  return { width, directory: process.cwd().replaceAll('\\', '/') };
}

interface Result {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Loads a program, does something with it, and prints the result; errors are written, and told by the exit code. */
async function withProgram(
  file: string,
  fresh: boolean,
  { print = writeLine(process.stdout), write = writeLine(process.stderr), loader = tsxLoader }: ExploreIo,
  action: (program: Program | ProgramSource, module: ExploreModule) => Promise<Result>,
): Promise<ExitCode> {
  if (typeof file !== 'string') throw new TypeError(`file must be a path, got ${show(file)}`);
  // Loops find their own deadlocks, as fresh imports do; what waits outside of any is found while the file loads.
  const state = { running: fresh };
  let searching = false;
  const escape = watchForEscape(state);
  const work = async (): Promise<Result> => {
    const path = resolvePath(file);
    checkProgramFile(file, path);
    const module = await exploreModule(loader, file, path);
    // Another copy of the loop cannot have our host.
    const isHosted = module.explore === ownExplore;
    const restore = isHosted ? takeOver(searchedHost) : () => {};
    try {
      return await search(module, await sourceOf(file, path, { fresh, isHosted, loader }));
    } finally {
      restore();
    }
  };
  const search = async (module: ExploreModule, program: Program | ProgramSource): Promise<Result> => {
    state.running = searching = true;
    const result = await action(program, module).catch(refuse);
    // Node tells of rejections that nobody handles only when microtasks are through.
    await hostTurn();
    return result;
  };
  try {
    const { text, exitCode } = await Promise.race([work(), escape.failure]);
    print(text);
    return exitCode;
  } catch (error) {
    const explained = explain(error);
    write(describeFailure(explained));
    // Without a search there is no failure that it found: the file is not what it should be.
    return explained instanceof UsageError || !searching ? ExitCode.usage : ExitCode.failed;
  } finally {
    escape.stop();
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

/** The options that a replay must share with the search. */
function argumentsOf(options: OrderOptions): string[] {
  const { reorder, latenessMs, runAheadMs, scope, maxSteps, maxStepsPerInstant, fresh } = options;
  const named = {
    '--reorder': reorder,
    '--lateness': latenessMs,
    '--run-ahead': runAheadMs,
    '--scope': scope,
    '--max-steps': maxSteps,
    '--max-steps-per-instant': maxStepsPerInstant,
  };
  const values = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return fresh === true ? ['--fresh', ...values] : values;
}

function writeLine(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => void stream.write(`${text}\n`);
}

function terminal(): ((text: string) => void) | null {
  return process.stderr.isTTY ? (text) => void process.stderr.write(text) : null;
}
