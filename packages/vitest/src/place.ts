import { codeOf, firstPlace, TimeloomError } from '@timeloom/loop';
import type { Test } from './vitest-internals.ts';

/** Where a test, a hook or a fixture was defined: a stack whose first frame is the user's. */
export interface Place {
  readonly stack: string;
}

const isOwn = codeOf(import.meta.url, ['asyncio', 'cli', 'explore', 'host', 'loop', 'trace', 'vitest']);

// Of others, and of the host.
const othersFrame = /[\\/]node_modules[\\/]|\(node:|at node:|\(<anonymous>\)/;

function isOwnFrame(line: string): boolean {
  const path = firstPlace(`\n${line}`, () => false);
  return path !== undefined && isOwn(path);
}

function isForeign(frame: string): boolean {
  return isOwnFrame(frame) || othersFrame.test(frame);
}

// Enough to look past the frames of this package and of vitest.
const framesKept = 12;

/** Remembers who called. Costs about 5 µs, and some more when it is read. */
export function placeOfCaller(): Place {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesKept;
  const captured = new Error('place');
  Error.stackTraceLimit = limit;
  return {
    get stack() {
      const lines = captured.stack?.split('\n').slice(1) ?? [];
      return ['Error', ...lines.filter((line) => !isForeign(line))].join('\n');
    },
  };
}

/** The place of a test, as vitest knows it; null if it has not been told to look (`includeTaskLocation`). */
export function placeOfTest({ file, location }: Test): Place | null {
  return location === undefined
    ? null
    : { stack: `Error\n    at ${file.filepath}:${location.line}:${location.column}` };
}

/**
 * The error as vitest is to show it: with a place of the user's code as its stack where the one that it
 * has shows nothing of that, or with none if that is not known; and without its data for programs, which
 * reporters would print below a message that says it all.
 */
export function pointedAt(error: unknown, place: Place | null): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof TimeloomError) hideData(error);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  if (frames.some((frame) => !isForeign(frame))) return error;
  if (place === null && !(error instanceof TimeloomError)) return error;
  error.stack = [`${error.name}: ${error.message}`, ...(place?.stack.split('\n').slice(1) ?? [])].join('\n');
  return error;
}

function hideData(error: TimeloomError): void {
  for (const key of Object.keys(error)) Object.defineProperty(error, key, { enumerable: false });
  // vitest copies what cannot be enumerated as well, but for an error that says what it is; and adds what any has.
  Object.defineProperty(error, 'toJSON', { value: () => ({}), configurable: true });
}

/** An error as vitest is to show it below another one: without our frames, if others are left or it is of ours. */
export function trimCause(error: unknown): void {
  if (!(error instanceof Error)) return;
  const ours = error instanceof TimeloomError;
  if (ours) hideData(error);
  const lines = error.stack?.split('\n') ?? [];
  const kept = lines.filter((line) => !isOwnFrame(line));
  if (ours || kept.some((line) => /^\s+at /.test(line) && !isForeign(line))) error.stack = kept.join('\n');
}
