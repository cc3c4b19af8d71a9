import { beforeAll } from 'vitest';
import { TestRunner } from './vitest-api.ts';

/**
 * Makes a function that loads something once, and before the tests of each suite that asks for it:
 * what takes a second to load is not to use up the time limit of a test.
 */
export function loadedFirst<T>(load: () => Promise<T>): { ask(): void; get(): Promise<T> } {
  const suites = new WeakSet<object>();
  let loading: Promise<T> | null = null;
  const get = (): Promise<T> => (loading ??= load());
  const ask = (): void => {
    const suite = TestRunner.getCurrentSuite();
    if (suites.has(suite)) return;
    suites.add(suite);
    // What goes wrong here is told by the tests.
    beforeAll(() => get().then(nothing, nothing), 0);
  };
  return { ask, get };
}

function nothing(): void {}
