/** Places in the user's code, read from stacks. */

/** A line of a stack. */
export interface Frame {
  /** `file:line:column`, the file as an absolute path. */
  readonly place: string;
  /** The function, if it has a name. */
  readonly name: string | null;
}

/** Anything that has a stack, which is read only if somebody asks: that is what is slow. */
export interface Captured {
  readonly stack?: string | undefined;
}

/** Enough to look past our own frames to some of the user's. */
const framesKept = 30;

/** V8's, which ECMAScript does not have. */
const stacks = Error as unknown as { stackTraceLimit?: number };

/**
 * Remembers what is on the stack now. Costs a few microseconds.
 *
 * @param frames how many at most, the innermost.
 */
export function captureStack(frames: number = framesKept): Captured {
  const limit = stacks.stackTraceLimit;
  stacks.stackTraceLimit = frames;
  try {
    return new Error('captured');
  } finally {
    if (limit === undefined) delete stacks.stackTraceLimit;
    else stacks.stackTraceLimit = limit;
  }
}

/** The frames of a stack that are neither ours, nor the host's, nor the test runner's; innermost first. */
export function userFrames(captured: Captured | null | undefined): readonly Frame[] {
  const lines = captured?.stack?.split('\n') ?? [];
  return lines.map(readFrame).filter((frame): frame is Frame => frame !== null && !isForeign(frame.place));
}

/**
 * Where the user's code is that is running, as text: its lines, and behind an await those that wait for it, each
 * with its number among the others that it is waited for with.
 */
export function pathOf({ stack = '' }: Captured): string {
  const parts = stack.split('\n').map((line) => asyncIndex.exec(line)?.[1] ?? userPlace(line));
  return parts.filter((part) => part !== null).join(' < ');
}

function userPlace(line: string): string | null {
  const frame = readFrame(line);
  return frame === null || isForeign(frame.place) ? null : frame.place;
}

/** E.g. `    at async Promise.all (index 1)`. */
const asyncIndex = /^\s+at async (Promise\.\w+ \(index \d+\))$/;

const frameLine = /^\s+at (?:async )?(?:(.+?) \()?((?:file:|[A-Za-z]:[\\/]|\/)[^()]*:\d+:\d+)\)?$/;

function readFrame(line: string): Frame | null {
  const [, name, place] = frameLine.exec(line) ?? [];
  if (place === undefined) return null;
  const anonymous = name === undefined || name.includes('<anonymous>');
  return { place: asPath(place).replace(/\?[^:]*/, ''), name: anonymous ? null : name };
}

/** The path of a `file:` URL, with slashes on every platform. */
function asPath(place: string): string {
  const path = place.startsWith('file:') ? decodeURI(place.replace(/^file:\/\//, '')) : place;
  return path.replaceAll('\\', '/').replace(/^\/(?=[A-Za-z]:)/, '');
}

const ownUrl = (import.meta as unknown as { url: string }).url;

/** Where this package lies beside its siblings: `node_modules/@timeloom`, or `packages` in our repository. */
const siblings: string | undefined = /^(.*\/)explore\/(?:src|dist)\//.exec(asPath(ownUrl))?.[1];
const ownFiles = /^(?:asyncio|cli|explore|host|loop|trace|vitest)\/(?:src|dist)\//;
const foreign = /\/node_modules\/(?:@timeloom|timeloom|vitest|@vitest|tsx)\//;

function isForeign(place: string): boolean {
  if (siblings !== undefined && place.startsWith(siblings) && ownFiles.test(place.slice(siblings.length))) return true;
  return foreign.test(place);
}

/** `bank.ts:12`: the file without its directories, and the line. */
export function shortPlace(place: string): string {
  return /([^/]+:\d+):\d+$/.exec(place)?.[1] ?? place;
}
