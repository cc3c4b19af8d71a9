import { codeOf, firstPlace } from '@timeloom/loop';

/** The code that made a timer. Captured as a stack, read only if somebody asks. */
export interface Site {
  readonly stack?: string;
}

// Enough to look past the frames of this package and of a library that wraps timers.
const framesKept = 8;

/** Remembers who called `below`; about 3 µs. */
export function captureSite(below: object): Site {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesKept;
  const site: Site = {};
  Error.captureStackTrace(site, below as () => void);
  Error.stackTraceLimit = limit;
  return site;
}

const isOwn = codeOf(import.meta.url, ['host']);

/** `file:line:column` of the first frame outside of this package; undefined if there is none. */
export function describeSite(site: Site | null): string | undefined {
  return firstPlace(site?.stack, isOwn);
}
