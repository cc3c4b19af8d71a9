import { resolve as resolvePath } from 'node:path';
import type { Execution, Exploration, Program } from '@timeloom/explore';
import { show, type Reorder } from '@timeloom/loop';
import { watchForEscape } from './escape.ts';
import { ExitCode, UsageError } from './exit-code.ts';
import { checkProgramFile } from './load-errors.ts';
import { load } from './load.ts';
import { tsxLoader, type ExploreModule, type Loader } from './loader.ts';
import { hostTurn } from './program-loops.ts';
import { showProgress } from './progress.ts';
import { describeFailure } from './report.ts';
import { traceSteps } from './step-trace.ts';

/** How the orders of a program may differ: the same for a search and for the replay of what it found. */
export interface OrderOptions {
  /** What may be reordered; default `ready`. */
  readonly reorder?: Reorder | undefined;
  /** By how much timers may be late, in milliseconds; default 0. */
  readonly latenessMs?: number | undefined;
  /** True prints the result as JSON; default false. */
  readonly json?: boolean | undefined;
}

export interface ExploreProgramOptions extends OrderOptions {
  /** Most runs of the search; default 1,000. */
  readonly runs?: number | undefined;
  /** Default 0. */
  readonly seed?: number | string | undefined;
  /** Name of a strategy; default `pct`. */
  readonly strategy?: string | undefined;
  /** Default 3. */
  readonly depth?: number | undefined;
  /** True goes on after a failure and collects the different ones; default false. */
  readonly keepGoing?: boolean | undefined;
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
  /** Default: TypeScript and JavaScript through tsx. */
  readonly loader?: Loader | undefined;
}

/** Those of explore(): a replay must end at the same step. */
const limits = { maxSteps: 100_000, maxStepsPerInstant: 10_000 };

/**
 * Searches the orders of a program as `timeloom explore` does.
 *
 * @returns the exit code: 0 nothing found, 1 a failure, 2 the file or an option is wrong. Never throws
 * what the program throws.
 */
export async function exploreProgram(
  file: string,
  options: ExploreProgramOptions = {},
  io: ExploreIo = {},
): Promise<ExitCode> {
  const { json = false, keepGoing = false, ...search } = options;
  const { progress = terminal() } = io;
  return await withProgram(file, io, async (program, { explore, formatExploration }) => {
    const shown = showProgress(progress);
    let result: Exploration;
    try {
      result = await explore(program, { ...limits, ...search, stopAtFirst: !keepGoing, onRun: shown.update });
    } finally {
      shown.erase();
    }
    const report = { program: file, replayOptions: argumentsOf(options) };
    return { passed: result.passed, text: json ? toJson(result) : formatExploration(result, report) };
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
  const { json = false, trace = false, reorder, latenessMs } = options;
  const { write = writeLine(process.stderr) } = io;
  return await withProgram(file, io, async (program, { replay }) => {
    const instruments = trace ? [traceSteps(write)()] : [];
    const result = await replay(program, token, { ...limits, reorder, latenessMs, instruments });
    return { passed: result.outcome.kind === 'passed', text: json ? toJson(result) : describeExecution(result) };
  });
}

interface Result {
  readonly passed: boolean;
  readonly text: string;
}

/** Loads a program, does something with it, and prints the result; errors are written, and told by the exit code. */
async function withProgram(
  file: string,
  { print = writeLine(process.stdout), write = writeLine(process.stderr), loader = tsxLoader }: ExploreIo,
  action: (program: Program, module: ExploreModule) => Promise<Result>,
): Promise<ExitCode> {
  if (typeof file !== 'string') throw new TypeError(`file must be a path, got ${show(file)}`);
  // Loops find their own deadlocks; what waits outside of any loop is found while the file loads.
  const state = { running: false };
  const escape = watchForEscape(state);
  const work = async (): Promise<Result> => {
    const path = resolvePath(file);
    checkProgramFile(file, path);
    const module = await exploreModule(loader, file, path);
    const program = programOf(await load(loader, path), file);
    state.running = true;
    const result = await action(program, module);
    // Node tells of rejections that nobody handles only when microtasks are through.
    await hostTurn();
    return result;
  };
  try {
    const { passed, text } = await Promise.race([work(), escape.failure]);
    print(text);
    return passed ? ExitCode.ok : ExitCode.failed;
  } catch (error) {
    const explained = explain(error);
    write(describeFailure(explained));
    return explained instanceof UsageError ? ExitCode.usage : ExitCode.failed;
  } finally {
    escape.stop();
  }
}

async function exploreModule(loader: Loader, file: string, path: string): Promise<ExploreModule> {
  const module = loader.exploreFor === undefined ? await import('@timeloom/explore') : await loader.exploreFor(path);
  if (module !== null) return module;
  throw new UsageError(
    `${file} has a copy of @timeloom/asyncio of its own, and no @timeloom/explore that goes with it.\n` +
      'Install it: npm install @timeloom/explore',
  );
}

function programOf(module: Readonly<Record<string, unknown>>, file: string): Program {
  const program = module['program'] ?? module['default'];
  if (program === undefined) {
    throw new UsageError(`${file} has no program: export a function named program, which takes the context`);
  }
  if (typeof program === 'function') return program as Program;
  throw new UsageError(`${file} exports a program that cannot be run: it must be a function, got ${show(program)}`);
}

/** By code and not by class: the program may have another copy of the packages than we do. */
const usageCodes: readonly unknown[] = ['TIMELOOM_TOKEN', 'TIMELOOM_REPLAY_DIVERGED'];

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !usageCodes.includes(error.code)) return error;
  return new UsageError(error.message, { cause: error });
}

function describeExecution({ outcome, steps, time }: Execution): string {
  const total = `${(time / 1000).toFixed(3)} s of virtual time, ${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return outcome.kind === 'passed'
    ? `passed, ${total}`
    : `${describeFailure(outcome.error)}\n${outcome.kind}, ${total}`;
}

/** The options that a replay must share with the search. */
function argumentsOf({ reorder, latenessMs }: OrderOptions): string[] {
  return [
    ...(reorder === undefined ? [] : ['--reorder', reorder]),
    ...(latenessMs === undefined ? [] : ['--lateness', String(latenessMs)]),
  ];
}

/** Errors have a name and a message; whatever else was thrown has its type for a name. */
function toJson(result: Exploration | Execution): string {
  const plain = (key: string, value: unknown): unknown => {
    if (key !== 'error') return value;
    if (value instanceof Error) return { name: value.name, message: value.message };
    return { name: typeof value, message: String(value) };
  };
  return JSON.stringify(result, plain, 2);
}

function writeLine(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => void stream.write(`${text}\n`);
}

function terminal(): ((text: string) => void) | null {
  return process.stderr.isTTY ? (text) => void process.stderr.write(text) : null;
}
