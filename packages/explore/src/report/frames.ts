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

/** A call on the stack, as V8 has it. */
interface Call {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  /** Which one of the promises that are waited for together, if it is of these; null if not. */
  getPromiseIndex?(): number | null;
}

/** V8's, which ECMAScript does not have. */
const stacks = Error as unknown as {
  stackTraceLimit?: number | undefined;
  prepareStackTrace?: ((error: Error, calls: readonly Call[]) => unknown) | undefined;
};

/** Remembers what is on the stack now. Costs a few microseconds. */
export function captureStack(): Captured {
  const limit = stacks.stackTraceLimit;
  stacks.stackTraceLimit = framesKept;
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

/** Enough for what waits for the code that is running, behind that of libraries. */
const callsRead = 100;

/**
 * Where the user's code is that is running, as text: its places, and behind an await those that wait for it,
 * each with its number among the promises that it is waited for with. Empty where the engine is not V8.
 */
export function pathOfCalls(): string {
  // Source maps, which others put in the place of this, would take most of the time.
  const prepareStackTrace = (_: Error, calls: readonly Call[]): readonly Call[] => calls;
  return withStacks({ stackTraceLimit: callsRead, prepareStackTrace }, () => {
    const { stack } = new Error('captured') as { readonly stack?: unknown };
    const calls: readonly Call[] = Array.isArray(stack) ? stack : [];
    return calls
      .map(partOfPath)
      .filter((part) => part !== null)
      .join(' < ');
  });
}

function withStacks<T>(settings: typeof stacks, action: () => T): T {
  const before = Object.keys(settings).map((key) => [key, Object.getOwnPropertyDescriptor(stacks, key)] as const);
  Object.assign(stacks, settings);
  try {
    return action();
  } finally {
    for (const [key, property] of before) {
      if (property === undefined) Reflect.deleteProperty(stacks, key);
      else Object.defineProperty(stacks, key, property);
    }
  }
}

function partOfPath(call: Call): string | null {
  const index = call.getPromiseIndex?.() ?? null;
  if (index !== null) return String(index);
  const file = call.getFileName() ?? '';
  const place = placeIn(`${file}:${call.getLineNumber()}:${call.getColumnNumber()}`);
  return isPath.test(file) && !isForeign(place) ? place : null;
}

const isPath = /^(?:file:|[A-Za-z]:[\\/]|\/)/;

const frameLine = /^\s+at (?:async )?(?:(.+?) \()?((?:file:|[A-Za-z]:[\\/]|\/)[^()]*:\d+:\d+)\)?$/;

function readFrame(line: string): Frame | null {
  const [, name, place] = frameLine.exec(line) ?? [];
  if (place === undefined) return null;
  const anonymous = name === undefined || name.includes('<anonymous>');
  return { place: placeIn(place), name: anonymous ? null : name };
}

/** Without what tells fresh modules apart. */
function placeIn(place: string): string {
  return asPath(place).replace(/\?[^:]*/, '');
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
