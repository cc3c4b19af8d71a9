import { createHook } from 'node:async_hooks';
import { describeSite, type Site } from '../timers/site.ts';

// Between the code that asks for I/O and the moment it is noticed stand frames of Node's own.
const framesKept = 20;

let users = 0;
let requestSites = new WeakMap<object, Site>();

function capture(): Site {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesKept;
  const site: Site = {};
  Error.captureStackTrace(site);
  Error.stackTraceLimit = limit;
  return site;
}

// Promises and timers are resources as well, and far more frequent than all others.
const ignored = /^(?:PROMISE|Timeout|Immediate|TickObject|Microtask)$/;

const hook = createHook({
  init(_id, type, _trigger, resource: object) {
    if (!ignored.test(type)) requestSites.set(resource, capture());
  },
});

/** From now on the places that begin I/O are recorded; returns how to stop that. */
export function recordPlaces(): () => void {
  if (users++ === 0) hook.enable();
  return () => {
    if (--users > 0) return;
    hook.disable();
    requestSites = new WeakMap();
  };
}

/** The place of the code that is running, if places are recorded. */
export function currentPlace(): Site | null {
  return users === 0 ? null : capture();
}

/** The place that made a request of the host, if it was recorded. */
export function placeOfRequest(request: object): Site | null {
  return requestSites.get(request) ?? null;
}

export { describeSite, type Site };
