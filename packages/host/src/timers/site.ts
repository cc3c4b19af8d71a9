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

// Frames of this package, built or mapped back to its sources. It lies in a folder that users may have as well:
// `packages/host`.
const ownPath = pathOf((import.meta as unknown as { url?: string }).url ?? '');
const ownFolder: string | undefined = /^.*[\\/]host[\\/](?=(?:dist|src)[\\/])/.exec(ownPath)?.[0];
const own = /^(?:dist|src)[\\/]/;
const installed = /[\\/]@timeloom[\\/]host[\\/](?:dist|src)[\\/]/;

function isLibrary(path: string): boolean {
  if (ownFolder !== undefined && path.startsWith(ownFolder) && own.test(path.slice(ownFolder.length))) return true;
  return installed.test(path);
}

function pathOf(place: string): string {
  return decodeURI(place.replace(/^file:\/\//, ''));
}

/** `file:line:column` of the first frame outside of this package; undefined if there is none. */
export function describeSite(site: Site | null): string | undefined {
  for (const line of site?.stack?.split('\n').slice(1) ?? []) {
    const place = /[\s(]((?:file:|[A-Za-z]:[\\/]|\/)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined) continue;
    const path = pathOf(place);
    if (!isLibrary(path)) return path;
  }
  return undefined;
}
