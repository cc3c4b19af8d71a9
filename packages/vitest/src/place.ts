/** Where a test, a hook or a fixture was defined: a stack whose first frame is the user's. */
export interface Place {
  readonly stack: string;
}

// Frames of this package, built or mapped back to its sources, and of vitest and the host.
const foreignFrame =
  /[\\/](?:@timeloom|packages)[\\/]vitest[\\/](?:dist|src)[\\/]|[\\/]node_modules[\\/]|\(node:|at node:/;

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

/** The error, with a place of the user's code as its stack where the one that it has shows nothing of that. */
export function pointedAt(error: unknown, place: Place | null): unknown {
  if (place === null || !(error instanceof Error)) return error;
  const own = error.stack?.split('\n').filter((line) => /^\s+at /.test(line) && !foreignFrame.test(line)) ?? [];
  if (own.length > 0 && !own.every((line) => /[\\/](?:@timeloom|packages)[\\/]/.test(line))) return error;
  error.stack = [`${error.name}: ${error.message}`, ...place.stack.split('\n').slice(1)].join('\n');
  return error;
}
