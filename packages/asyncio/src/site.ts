/** Places in the user's source, for messages. Captured as a stack, read only if somebody asks. */
import { codeOf, firstPlace } from '@timeloom/loop';

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

const isLibrary = codeOf((import.meta as unknown as { url?: string }).url ?? '', ['asyncio', 'loop']);

/** `file:line:column` of the first frame outside of the library; undefined if there is none. */
export function describeSite(site: Site | null): string | undefined {
  const place = firstPlace(site?.stack, isLibrary);
  return place === undefined && site?.outer ? describeSite(site.outer) : place;
}

/** `file:line` without the directories, as asyncio's reprs have it. */
export function shortSite(site: Site | null): string | undefined {
  const match = /([^/\\]+?)(?:\?[^:]*)?:(\d+):\d+$/.exec(describeSite(site) ?? '');
  return match === null ? undefined : `${match[1]}:${match[2]}`;
}
