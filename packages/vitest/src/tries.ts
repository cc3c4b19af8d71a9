import type { TrySettings } from './options.ts';
import type { Place } from './place.ts';
import { VirtualTry } from './virtual-try.ts';
import { replaceFinishers, whenTryIsOver, type Handler, type Test } from './vitest-internals.ts';

type Action<T> = () => T | PromiseLike<T>;

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
const tries = new WeakMap<Test, VirtualTry>();
let turnEnds: Promise<void> = Promise.resolve();
const endTurn = new WeakMap<VirtualTry, () => void>();

/** Says how a test is to be run. Those that nobody registered run in real time. */
export function registerTest(test: Test, entry: TestEntry): void {
  entries.set(test, entry);
}

/** What was registered for a test. */
export function entryOf(test: Test): TestEntry | undefined {
  return entries.get(test);
}

/** The try of a test that is on. */
export function tryOf(test: Test): VirtualTry | undefined {
  return tries.get(test);
}

/** Waits until the host is free: there is one for the process, so that tests take turns. Returns how to free it. */
export async function takeTurn(): Promise<() => void> {
  const before = turnEnds;
  let free = (): void => {};
  turnEnds = new Promise((resolve) => {
    free = resolve;
  });
  await before;
  return free;
}

/** Begins a try of a test, as soon as no other one is on. */
export async function beginTry(test: Test, entry: TestEntry): Promise<VirtualTry> {
  const free = await takeTurn();
  try {
    const one = new VirtualTry(entry.settings);
    endTurn.set(one, free);
    tries.set(test, one);
    return one;
  } catch (error) {
    free();
    throw error;
  }
}

/** Ends the try of a test that is on, if there is one. @throws as VirtualTry.end. */
export async function endTry(test: Test, failed: boolean = test.result?.state === 'fail'): Promise<void> {
  const one = tries.get(test);
  if (one === undefined) return;
  tries.delete(test);
  try {
    await one.end(failed);
  } finally {
    endTurn.get(one)?.();
  }
}

/** True if the hooks and fixtures of a test run in virtual time. */
export function runsInTry(test: Test): boolean {
  const mode = entries.get(test)?.mode;
  return mode === 'virtual' || mode === 'search';
}

/**
 * Runs a function of a test, a hook or a fixture in the try of the test. The first one begins the try,
 * if the runner has not. Functions of a test that can have no try that goes on run in one of their own:
 * in a search, because its runs need the host; and of a concurrent test, because it holds a place of
 * vitest's while it waits for its turn, and a later hook of the try before could wait for that place
 * for ever.
 */
export async function runInTry<T>(test: Test, name: string, action: Action<T>, place: Place | null): Promise<T> {
  if (!runsInTry(test)) return await action();
  const entry = entries.get(test)!;
  const one = tries.get(test);
  if (one !== undefined) return await runOn(one, test, name, action, place);
  if (entry.mode === 'search' || test.concurrent === true) return await runByItself(test, entry, name, action, place);
  const begun = await beginTry(test, entry);
  whenTryIsOver(test, () => endTry(test));
  return await runOn(begun, test, name, action, place);
}

async function runByItself<T>(
  test: Test,
  entry: TestEntry,
  name: string,
  action: Action<T>,
  place: Place | null,
): Promise<T> {
  const one = await beginTry(test, entry);
  let failed = true;
  try {
    const result = await runOn(one, test, name, action, place);
    failed = false;
    return result;
  } finally {
    await endTry(test, failed);
  }
}

async function runOn<T>(one: VirtualTry, test: Test, name: string, action: Action<T>, place: Place | null): Promise<T> {
  try {
    return await one.run(name, action, place);
  } finally {
    replaceFinishers(test, (finisher) => inTry(one, finisher));
  }
}

function inTry(one: VirtualTry, finisher: Handler): Handler {
  return async (...args) => await one.run('onTestFinished', () => finisher(...args));
}
