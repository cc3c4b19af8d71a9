import { TimeloomError } from '@timeloom/loop';

/** Where a test, a hook or a fixture was defined: a stack whose first frame is the user's. */
export interface Place {
  readonly stack: string;
}

// Frames of the packages of this repository, built or mapped back to their sources, of others, and of the host.
const foreignFrame =
  /[\\/](?:@timeloom|packages)[\\/]\w+[\\/](?:dist|src)[\\/]|[\\/]node_modules[\\/]|\(node:|at node:|\(<anonymous>\)/;

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
      return ['Error', ...lines.filter((line) => !foreignFrame.test(line))].join('\n');
    },
  };
}

/**
 * The error as vitest is to show it: with a place of the user's code as its stack where the one that it
 * has shows nothing of that; and with its data for programs only, which vitest would print below a
 * message that says it all.
 */
export function pointedAt(error: unknown, place: Place | null): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof TimeloomError) {
    for (const key of Object.keys(error)) Object.defineProperty(error, key, { enumerable: false });
  }
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  if (place === null || frames.some((frame) => !foreignFrame.test(frame))) return error;
  error.stack = [`${error.name}: ${error.message}`, ...place.stack.split('\n').slice(1)].join('\n');
  return error;
}
