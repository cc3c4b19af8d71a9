import { resolve as resolvePath } from 'node:path';
import { checkLimit, show } from '@timeloom/loop';
import { ExitCode, exitCodeOf, UsageError } from './exit-code.ts';
import { watchForEscape } from './escape.ts';
import { load } from './load.ts';
import { ProgramHost } from './program-host.ts';
import { checkProgramFile } from './load-errors.ts';
import { tsxLoader, type Loader } from './loader.ts';
import { ProgramLoops, type AsyncioModule, type LoopTotals } from './program-loops.ts';
import { describeFailure, describeTotals } from './report.ts';
import { traceSteps } from './step-trace.ts';

export interface RunOptions {
  /** True runs on real clocks; default false. */
  readonly real?: boolean | undefined;
  /** Seed of `loop.random()`; default: what the program says, else 0. */
  readonly seed?: number | string | undefined;
  /** Most steps of one run; default: what the program says, else 10,000,000 on a virtual clock. */
  readonly maxSteps?: number | undefined;
  /** Most steps while a virtual clock stands still; default: what the program says, else that of the loop. */
  readonly maxStepsPerInstant?: number | undefined;
  /** True writes each step; default false. */
  readonly trace?: boolean | undefined;
}

/** What the run touches besides the loops. */
export interface RunIo {
  /** Takes what the command says: errors, the trace, the summary. Default: a line on stderr. */
  readonly write?: ((text: string) => void) | undefined;
  /** Default: TypeScript and JavaScript through tsx. */
  readonly loader?: Loader | undefined;
  /**
   * True if the process is there for the program alone: its timers, dates and files are on the
   * program's clock then, and the program may be an ordinary script. Default false.
   */
  readonly wholeProcess?: boolean | undefined;
}

/** What came of a run. */
export interface ProgramResult extends LoopTotals {
  readonly exitCode: ExitCode;
}

/**
 * Runs a program as `timeloom run` does: every loop that it makes with `newEventLoop()` or `run()`
 * is on a virtual clock. What the program prints is its own; what goes wrong is written, and told by
 * the exit code.
 *
 * @param file path of the program, from the working directory.
 * @throws TypeError, RangeError for bad arguments. Never what the program throws.
 */
export async function runProgram(file: string, options: RunOptions = {}, io: RunIo = {}): Promise<ProgramResult> {
  if (typeof file !== 'string') throw new TypeError(`file must be a path, got ${show(file)}`);
  const { real = false, seed = null, maxSteps = null, maxStepsPerInstant = null, trace = false } = options;
  if (maxSteps !== null) checkLimit('maxSteps', maxSteps);
  if (maxStepsPerInstant !== null) checkLimit('maxStepsPerInstant', maxStepsPerInstant);
  const { write = writeToStderr, loader = tsxLoader, wholeProcess = false } = io;

  let loops: ProgramLoops | null = null;
  let host: ProgramHost | null = null;
  let exitCode: ExitCode = ExitCode.ok;
  try {
    const path = resolvePath(file);
    checkProgramFile(file, path);
    const asyncio = await loader.asyncioFor(path);
    await loader.prepare?.();
    const observe = trace ? traceSteps(write) : null;
    host = real || !wholeProcess ? null : new ProgramHost(definedOnly({ seed, maxSteps, maxStepsPerInstant }));
    loops = new ProgramLoops(asyncio, { real, seed, maxSteps, maxStepsPerInstant, observe, host });
    const program = { file, path, loader, asyncio, loops, host };
    await underPolicy(asyncio, loops, () => execute(program));
  } catch (error) {
    exitCode = exitCodeOf(error);
    write(describeFailure(error));
  }
  const totals = loops?.totals() ?? { steps: 0, virtualMs: 0, realMs: 0 };
  if (loops?.everRan === true) write(describeTotals(totals, real));
  host?.close();
  return { exitCode, ...totals };
}

/** What is null is left to the defaults. */
function definedOnly<T extends object>(settings: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const defined = Object.entries(settings).filter(([, value]) => value !== null);
  return Object.fromEntries(defined) as { [K in keyof T]?: NonNullable<T[K]> };
}

function writeToStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs `action` with the loops as the program's policy and an eye on what escapes it. */
async function underPolicy(asyncio: AsyncioModule, loops: ProgramLoops, action: () => Promise<void>): Promise<void> {
  const policy = asyncio.getEventLoopPolicy();
  asyncio.setEventLoopPolicy(loops);
  const escape = watchForEscape(loops);
  try {
    await Promise.race([action(), escape.failure]);
  } finally {
    escape.stop();
    loops.stop();
    await loops.waitUntilIdle();
    asyncio.setEventLoopPolicy(policy);
  }
}

interface Program {
  /** As the user named it. */
  readonly file: string;
  readonly path: string;
  readonly loader: Loader;
  readonly asyncio: AsyncioModule;
  readonly loops: ProgramLoops;
  /** Null if the host stays real. */
  readonly host: ProgramHost | null;
}

async function execute({ file, path, loader, asyncio, loops, host }: Program): Promise<void> {
  const module = await load(loader, path);
  // A program that has begun to run its loops is a script, and calls its own main if it exports one.
  if (loops.everRan) {
    await loops.waitUntilIdle();
    if (host?.hasTimers === true) await loops.whileScriptRuns(host.finished());
    return;
  }
  const main = module['main'] ?? module['default'];
  if (main === undefined) {
    if (loops.any) return;
    // An ordinary script: its timers are what there is to run.
    if (host?.everRan === true) return await loops.whileScriptRuns(host.finished());
    throw new UsageError(
      `${file} has no main: export an async function named main, or run a loop or make timers at the top level`,
    );
  }
  if (!isMain(main, asyncio)) {
    throw new UsageError(`${file} exports a main that cannot be run: it must be an async function, got ${show(main)}`);
  }
  await asyncio.run(main);
}

function isMain(value: unknown, asyncio: AsyncioModule): value is Parameters<AsyncioModule['run']>[0] {
  return typeof value === 'function' || value instanceof asyncio.Coroutine;
}
