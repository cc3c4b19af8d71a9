import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explore as ownExplore, type ExploreOptions, type ReportOptions, type WorkerError } from '@timeloom/explore';
import { ExitCode } from './exit-code.ts';
import { explorationToJson, replayToJson } from './json.ts';
import type { ExploreModule } from './loader.ts';
import { showProgress } from './progress.ts';
import { typescriptArguments } from './register-typescript.ts';
import { orderArguments, searchLine } from './search-arguments.ts';
import type { ExploreProgramOptions, ReplayProgramOptions } from './search-options.ts';
import { traceSteps } from './step-trace.ts';
import { describeStuck } from './watch/describe-stuck.ts';
import type { Whereabouts } from './watch/watch.ts';
import { defaultPatienceMs, withProgram, writeLine, type ExploreIo } from './with-program.ts';

/**
 * Searches the orders of a program as `timeloom explore` does. One at a time in a process: it takes the
 * host's timers and dates over.
 *
 * @returns the exit code: 0 nothing found, 1 a failure, 2 the file or an option is wrong, 4 a thread could
 * not go on, 130 aborted. Never throws what the program throws.
 */
export async function exploreProgram(
  file: string,
  options: ExploreProgramOptions = {},
  io: ExploreIo = {},
): Promise<ExitCode> {
  const { json = false, keepGoing = false, workers = 1, fresh = false, patienceMs, ...search } = options;
  const { progress = terminal(), write = writeLine(process.stderr), signal } = io;
  const shown = showProgress(progress);
  let soFar = { runs: 0, failures: 0 };
  const describe = (where: Whereabouts): string => {
    shown.erase();
    const whole = { ...soFar, commandLine: (runs: number) => searchLine(file, options, runs) };
    return describeStuck({ file, patienceMs: patienceMs ?? defaultPatienceMs, where, search: whole });
  };
  const begin = { fresh, patienceMs, describe, hearsInterrupts: true };
  return await withProgram(file, begin, io, async (program, { explore, ...module }, watch) => {
    // Threads import the program themselves.
    const execArgv = [...process.execArgv, ...typescriptArguments];
    const threads = workers > 1 ? { count: workers, execArgv, maxRunMs: patienceMs } : undefined;
    const subject = threads === undefined ? program : { module: moduleForThreads(file, fresh, explore) };
    const onRun: ExploreOptions['onRun'] = (runs, made) => {
      soFar = { runs, failures: made?.failures ?? 0 };
      watch?.runEnded();
      shown.update(runs, made);
    };
    try {
      const whole = { ...search, signal, stopAtFirst: !keepGoing, workers: threads, onRun };
      const result = await explore(subject, whole);
      shown.erase();
      const report = reportOptions(io, file, options);
      const toReplay = (token: string): string => module.replayLine(token, report);
      const text = json ? explorationToJson(module, result, toReplay) : module.formatExploration(result, report);
      return { text, exitCode: result.ended === 'aborted' ? ExitCode.interrupted : exitCodeFor(result.passed) };
    } catch (error) {
      if (!isWorkerError(error)) throw error;
      shown.erase();
      const alone = error.run === null ? '' : `\n  to see where: ${searchLine(file, options, error.run)}`;
      write(`timeloom: ${error.message}${alone}`);
      // As JSON, it could be taken for the result of a search that came to its end.
      const found = json || error.exploration === null ? null : error.exploration;
      const text = found === null ? null : module.formatExploration(found, reportOptions(io, file, options));
      return { text, exitCode: ExitCode.limit };
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
  const { json = false, trace = false, fresh = false, patienceMs, ...order } = options;
  const { write = writeLine(process.stderr) } = io;
  const describe = (where: Whereabouts): string =>
    describeStuck({ file, patienceMs: patienceMs ?? defaultPatienceMs, where, search: null });
  // Nobody listens to Ctrl-C, so it ends the process as it is.
  const begin = { fresh, patienceMs, describe, hearsInterrupts: false };
  return await withProgram(file, begin, io, async (program, module) => {
    const instruments = trace ? [traceSteps(write)()] : [];
    const result = await module.replay(program, token, { ...order, instruments });
    const text = json ? replayToJson(module, result) : module.formatReplay(result, reportOptions(io, file, order));
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

/** By code and not by class: the program may have another copy of the packages than we do. */
function isWorkerError(error: unknown): error is WorkerError {
  return error instanceof Error && 'code' in error && error.code === 'TIMELOOM_WORKER';
}

function reportOptions(
  { width = process.stdout.columns }: ExploreIo,
  program: string,
  options: ExploreProgramOptions,
): ReportOptions {
  return { width, directory: process.cwd().replaceAll('\\', '/'), program, replayOptions: orderArguments(options) };
}

function terminal(): ((text: string) => void) | null {
  return process.stderr.isTTY ? (text) => void process.stderr.write(text) : null;
}
