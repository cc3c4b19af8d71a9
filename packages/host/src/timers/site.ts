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

// Frames of this package, built or mapped back to its sources.
const libraryFrame = /[\\/](?:@timeloom|packages)[\\/]host[\\/](?:dist|src)[\\/]/;

/** `file:line:column` of the first frame outside of this package; undefined if there is none. */
export function describeSite(site: Site | null): string | undefined {
  for (const line of site?.stack?.split('\n').slice(1) ?? []) {
    const place = /[\s(]((?:file:|[A-Za-z]:[\\/]|\/)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined) continue;
    const path = decodeURI(place.replace(/^file:\/\//, ''));
    if (!libraryFrame.test(path)) return path;
  }
  return undefined;
}
