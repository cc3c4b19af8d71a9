/** Places in the user's source, for messages. Captured as a stack, read only if somebody asks. */

/** A captured place. */
export interface Site {
  readonly stack?: string;
  /** Where the code was awaited that awaits here; asked if this place is in the library only. */
  readonly outer?: Site | null;
}

type Capture = (target: object, below: (...args: never[]) => unknown) => void;
const { captureStackTrace } = Error as unknown as { captureStackTrace?: Capture };

// Enough to look past the library's own frames between the user's code and the capture.
const framesKept = 8;

/**
 * Remembers who called `below`. Costs about 5 µs, so it is for definitions (once) and for a
 * limited number of waits (see `awaitSites`), not for every step.
 */
export function captureSite(below: (...args: never[]) => unknown, outer: Site | null = null): Site {
  if (captureStackTrace === undefined) return {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesKept;
  const site: Site = { outer };
  captureStackTrace(site, below);
  Error.stackTraceLimit = limit;
  return site;
}

// Frames of this package and of the loop, built or mapped back to their sources. They lie side by side, in a folder
// that users may have as well: `packages`.
const ownPath = pathOf((import.meta as unknown as { url?: string }).url ?? '');
const siblings: string | undefined = /^(.*[\\/])asyncio[\\/](?:dist|src)[\\/]/.exec(ownPath)?.[1];
const sibling = /^(?:asyncio|loop)[\\/](?:dist|src)[\\/]/;
const installed = /[\\/]@timeloom[\\/](?:asyncio|loop)[\\/](?:dist|src)[\\/]/;

function isLibrary(path: string): boolean {
  if (siblings !== undefined && path.startsWith(siblings) && sibling.test(path.slice(siblings.length))) return true;
  return installed.test(path);
}

function pathOf(place: string): string {
  return decodeURI(place.replace(/^file:\/\//, ''));
}

/** `file:line:column` of the first frame outside of the library; undefined if there is none. */
export function describeSite(site: Site | null): string | undefined {
  for (const line of site?.stack?.split('\n').slice(1) ?? []) {
    const place = /\(?((?:file:|node:|https?:|[A-Za-z]:[\\/]|\/)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined || place.startsWith('node:')) continue;
    const path = pathOf(place);
    if (!isLibrary(path)) return path;
  }
  return site?.outer ? describeSite(site.outer) : undefined;
}

/** `file:line` without the directories, as asyncio's reprs have it. */
export function shortSite(site: Site | null): string | undefined {
  const match = /([^/\\]+?)(?:\?[^:]*)?:(\d+):\d+$/.exec(describeSite(site) ?? '');
  return match === null ? undefined : `${match[1]}:${match[2]}`;
}
