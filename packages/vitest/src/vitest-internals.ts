/**
 * What this package uses of vitest beyond its documented API, the same in 4.1 and in 5.
 */
import type { RunnerTestFile, RunnerTestSuite, TestContext } from 'vitest';
import { TestRunner } from './vitest-api.ts';

/** A test, as the runner sees it. */
export type Test = TestContext['task'];
export type Suite = RunnerTestSuite;
export type TestFile = RunnerTestFile;

/** A test's function, a hook or a fixture. */
export type Handler = (...args: never[]) => unknown;

/** Adds a test to the suite that is being collected, as vitest's own `test` does. */
export function collectTest(chain: object, name: string, options: object, handler: Handler | undefined): Test {
  const suite = TestRunner.getCurrentSuite();
  const { fn } = suite.test as unknown as { fn: (...args: unknown[]) => void };
  Reflect.apply(fn, chain, [name, options, handler]);
  return suite.tasks.at(-1) as Test;
}

/** Functions that are called when a try of a test is over; vitest keeps them on the test meanwhile. */
interface Finishers {
  onFinished?: Handler[] | undefined;
  onFailed?: Handler[] | undefined;
}

const replaced = new WeakSet<Handler>();

/** Replaces what `onTestFinished` and `onTestFailed` were given, once each. */
export function replaceFinishers(test: Test, replacement: (finisher: Handler) => Handler): void {
  const finishers = test as Finishers;
  for (const list of [finishers.onFinished, finishers.onFailed]) {
    for (const [index, finisher] of list?.entries() ?? []) {
      if (replaced.has(finisher) || finisher === lastFinisher.get(test)) continue;
      const wrapper = replacement(finisher);
      list![index] = wrapper;
      replaced.add(wrapper);
    }
  }
}

const lastFinisher = new WeakMap<Test, Handler>();

/** Calls back when the try of a test that is on is over, after everything else. Call it before the test can. */
export function whenTryIsOver(test: Test, callback: () => unknown): void {
  // Not through onTestFinished(), which takes the stack for its time limit: half of what a try costs.
  const finishers = test as Finishers;
  finishers.onFinished = [callback, ...(finishers.onFinished ?? [])];
  lastFinisher.set(test, callback);
}

/** Undoes {@link whenTryIsOver}, where nothing else follows. */
export function forgetFinisher(test: Test): void {
  (test as Finishers).onFinished = undefined;
}

/** True if vitest will call no function of the test any more, but that of {@link whenTryIsOver}. */
export function nothingFollows(test: Test): boolean {
  const { onFinished = [], onFailed = [] } = test as Finishers;
  if (onFailed.length > 0 || onFinished.some((finisher) => finisher !== lastFinisher.get(test))) return false;
  let suite: Suite | null | undefined = test.suite ?? test.file;
  while (suite) {
    if (TestRunner.getSuiteHooks(suite).afterEach.length > 0) return false;
    suite = 'filepath' in suite ? null : (suite.suite ?? suite.file);
  }
  return true;
}

/** The end of assertions that the test has begun and not awaited, if there are any: vitest tells how they ended. */
export function assertionsOf(test: Test): Promise<unknown> | null {
  const { promises } = test as { promises?: readonly Promise<unknown>[] };
  return promises === undefined || promises.length === 0 ? null : Promise.allSettled(promises);
}

/** Makes a function pass for another one where vitest reads the names of fixtures from its source. */
export function standingIn<F extends Handler>(wrapper: F, original: Handler): F {
  for (const key of Object.getOwnPropertySymbols(original)) {
    Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(original, key)!);
  }
  Object.defineProperty(wrapper, 'toString', { value: () => original.toString() });
  Object.defineProperty(wrapper, 'name', { value: original.name });
  return wrapper;
}
