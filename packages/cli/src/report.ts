import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { ExitCode, exitCodeOf } from './exit-code.ts';
import type { LoopTotals } from './program-loops.ts';

/** Why a program did not end well, as lines for the user. */
export function describeFailure(error: unknown): string {
  if (exitCodeOf(error) === ExitCode.failed) return describeException(error);
  const { message } = error as Error;
  return exitCodeOf(error) === ExitCode.usage ? `timeloom: ${message}` : message;
}

/** An exception of the program: its stack without the frames of Timeloom and Node, and its causes. */
function describeException(error: unknown): string {
  if (!(error instanceof Error)) return `The program threw ${inspect(error)}, which is not an Error.`;
  const lines = [ownStack(error)];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  for (const one of inner) lines.push(indent(`- ${describeException(one)}`));
  // A cause that is its own cause, however far away, would not end.
  if (error.cause !== undefined && !isCyclic(error)) lines.push(`Caused by: ${describeException(error.cause)}`);
  return lines.join('\n');
}

function isCyclic(error: Error): boolean {
  const seen = new Set<unknown>();
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (seen.has(one)) return true;
    seen.add(one);
  }
  return false;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** The stack as Node prints it; only the program's own frames, if there are any. */
function ownStack(error: Error): string {
  const head = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  return [head, ...ownFrames(error)].join('\n');
}

/** Lines of a stack that show the program. */
export function ownFrames({ stack = '' }: Error): readonly string[] {
  return stack.split('\n').filter((line) => /^ {4}at /.test(line) && !isForeign(line));
}

const require = createRequire(import.meta.url);

/** Where the code lies that a user does not want to see in a stack. */
const foreign: readonly string[] = [
  ...['@timeloom/asyncio', '@timeloom/explore', '@timeloom/loop', '@timeloom/trace', 'timeloom'].flatMap((name) => {
    const directory = pathToFileURL(dirname(require.resolve(`${name}/package.json`))).pathname;
    // Frames of modules have URLs, those that went through a source map have paths.
    return [directory, decodeURI(directory)].flatMap((one) => [`${one}/dist/`, `${one}/src/`]);
  }),
  'node:',
  '/node_modules/@timeloom/',
  '/node_modules/commander/',
  '/node_modules/tsx/',
];

function isForeign(frame: string): boolean {
  const place = frame.replaceAll('\\', '/');
  return foreign.some((directory) => place.includes(directory));
}

/** The last line of a run, e.g. `5.000 s of virtual time in 0.012 s, 403 steps`. */
export function describeTotals({ steps, virtualMs, realMs }: LoopTotals, real: boolean): string {
  const time = real ? `${seconds(realMs)} of real time` : `${seconds(virtualMs)} of virtual time in ${seconds(realMs)}`;
  return `${time}, ${steps} ${steps === 1 ? 'step' : 'steps'}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
