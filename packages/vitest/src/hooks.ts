import * as vitest from 'vitest';
import { placeOfCaller } from './place.ts';
import { runInTry } from './tries.ts';
import { standingIn, type Handler, type Test } from './vitest-internals.ts';

type Hook = (context: { task: Test }, suite: unknown) => unknown;

/** As vitest's, in the virtual time of the test that follows. */
export const beforeEach: typeof vitest.beforeEach = (hook, timeout) => {
  vitest.beforeEach(hookInTry('beforeEach', hook), timeout);
};

/** As vitest's, in the virtual time of the test before. */
export const afterEach: typeof vitest.afterEach = (hook, timeout) => {
  vitest.afterEach(hookInTry('afterEach', hook), timeout);
};

function hookInTry<F>(name: string, hook: F): F {
  if (typeof hook !== 'function') return hook;
  const place = placeOfCaller();
  const wrapper = async (context: { task: Test }, suite: unknown): Promise<unknown> => {
    const { task } = context;
    const cleanUp = await runInTry(task, name, () => (hook as unknown as Hook)(context, suite), place);
    if (typeof cleanUp !== 'function') return cleanUp;
    return async () => await runInTry(task, name, () => (cleanUp as () => unknown)(), place);
  };
  return standingIn(wrapper as Handler, hook as unknown as Handler) as F;
}
