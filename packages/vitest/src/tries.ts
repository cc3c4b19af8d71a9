import { tellOf } from './meta.ts';
import type { TrySettings } from './options.ts';
import type { Place } from './place.ts';
import { takeTurn } from './turns.ts';
import { VirtualTry } from './virtual-try.ts';
import { vitestWork } from './vitest-work.ts';
import {
  forgetFinisher,
  nothingFollows,
  replaceFinishers,
  whenTryIsOver,
  type Handler,
  type Test,
} from './vitest-internals.ts';

/** How a test is run: in virtual time, in real time, or as a search, which makes runs of its own. */
export type TestMode = 'virtual' | 'real' | 'search';

/** What is known of a test before it runs. */
export interface TestEntry {
  readonly mode: TestMode;
  readonly settings: TrySettings;
  /** Where it is defined, if that is known. */
  readonly place: Place | null;
}

const entries = new WeakMap<Test, TestEntry>();
/** The tries that are on, each with how to end its turn. */
const tries = new Map<Test, { readonly one: VirtualTry; readonly free: () => void }>();

/** Says how a test is to be run. Those that nobody registered run in real time. */
export function registerTest(test: Test, entry: TestEntry): void {
  entries.set(test, entry);
}

/** What was registered for a test. */
export function entryOf(test: Test): TestEntry | undefined {
  return entries.get(test);
}

/** True if the hooks and fixtures of a test run in virtual time. */
export function runsInTry(test: Test): boolean {
  const mode = entries.get(test)?.mode;
  return mode === 'virtual' || mode === 'search';
}

/** The try of a test that is on. */
export function tryOf(test: Test): VirtualTry | undefined {
  return tries.get(test)?.one;
}

/** Begins a try of a test: now, or as soon as no other one is on. */
export function beginTry(test: Test, entry: TestEntry): VirtualTry | Promise<VirtualTry> {
  const turn = takeTurn();
  return typeof turn === 'function' ? tryIn(turn, test, entry) : turn.then((free) => tryIn(free, test, entry));
}

function tryIn(free: () => void, test: Test, entry: TestEntry): VirtualTry {
  try {
    const one = new VirtualTry(entry.settings, vitestWork);
    tries.set(test, { one, free });
    return one;
  } catch (error) {
    free();
    throw error;
  }
}

/** Ends the try of a test that is on, if there is one: at once if nothing is left of it. @throws as VirtualTry.end. */
export function endTry(test: Test, failed: boolean = test.result?.state === 'fail'): Promise<void> | undefined {
  const running = tries.get(test);
  if (running === undefined) return undefined;
  const { one, free } = running;
  tries.delete(test);
  // What is told is sent to another process.
  if (one.virtualMs > 0) tellOf(test, one.figures());
  let ending: Promise<void> | undefined;
  try {
    ending = one.end(failed, entries.get(test)?.place)?.finally(free);
  } finally {
    if (ending === undefined) free();
  }
  return ending;
}

/**
 * Runs a function of a test, a hook or a fixture in the try of the test. The first one begins the try,
 * if the runner has not; the test's own function ends it, if it was the first and nothing follows.
 *
 * Functions of a test that can have no try that goes on run in one of their own: in a search, because
 * its runs need the host; and of a concurrent test, because it holds a place of vitest's while it waits
 * for its turn, and a later hook of the try before could wait for that place for ever.
 */
export function runInTry<T>(
  test: Test,
  name: string,
  action: () => T | PromiseLike<T>,
  place: Place | null,
): Promise<T> {
  const entry = entries.get(test);
  if (entry === undefined || entry.mode === 'real') return call(action);
  const where = place ?? entry.place;
  const running = tryOf(test);
  if (running !== undefined) return runNext(running, test, name, action, where);
  const begun = beginTry(test, entry);
  if (begun instanceof VirtualTry) return runFirst(begun, test, entry.mode, name, action, where);
  return begun.then((one) => runFirst(one, test, entry.mode, name, action, where));
}

async function call<T>(action: () => T | PromiseLike<T>): Promise<T> {
  return await action();
}

async function runNext<T>(
  one: VirtualTry,
  test: Test,
  name: string,
  action: () => T | PromiseLike<T>,
  place: Place | null,
): Promise<T> {
  try {
    return await one.run(name, action, place);
  } finally {
    replaceFinishers(test, (finisher) => finisherInTry(test, finisher));
  }
}

/** Runs the first function of a test, or one that has a try of its own. */
async function runFirst<T>(
  one: VirtualTry,
  test: Test,
  mode: TestMode,
  name: string,
  action: () => T | PromiseLike<T>,
  place: Place | null,
): Promise<T> {
  const isAlone = mode === 'search' || test.concurrent === true;
  if (!isAlone) whenTryIsOver(test, () => endTry(test));
  let failed = true;
  try {
    const result = await one.run(name, action, place);
    failed = false;
    return result;
  } finally {
    const isLast = isAlone || (name === 'test' && nothingFollows(test));
    const ending = isLast ? endTry(test, failed) : undefined;
    if (ending !== undefined) await ending;
    if (isLast && !isAlone) forgetFinisher(test);
    else replaceFinishers(test, (finisher) => finisherInTry(test, finisher));
  }
}

function finisherInTry(test: Test, finisher: Handler): Handler {
  return async (...args) => await runInTry(test, 'onTestFinished', () => finisher(...args), null);
}
