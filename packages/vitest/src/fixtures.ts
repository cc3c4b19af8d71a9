import { getRunningLoop, sleep } from '@timeloom/asyncio';
import { createContext } from '@timeloom/explore/context';
import { runInTry, runsInTry, tryOf } from './tries.ts';
import { standingIn, type Handler, type Test } from './vitest-internals.ts';
import type { VirtualContext } from './test-types.ts';
import type { VirtualTry } from './virtual-try.ts';

type Use = (value: unknown) => Promise<void>;
type Fixture = (context: { task: Test }, use: Use) => unknown;
type BuilderTools = { onCleanup(cleanup: () => unknown): void };
type BuilderFixture = (context: { task: Test }, tools: BuilderTools) => unknown;

/** The arguments of `test.extend`, with fixtures that run in the try of their test. */
export function fixturesInTry(args: readonly unknown[]): unknown[] {
  const [first, second, third] = args;
  if (typeof first !== 'string') return [Object.fromEntries(Object.entries(first as object).map(inTry))];
  if (args.length > 2) return [first, second, isShared(second) ? third : builderInTry(third)];
  return [first, builderInTry(second)];
}

function inTry([name, fixture]: [string, unknown]): [string, unknown] {
  if (typeof fixture === 'function') return [name, fixtureInTry(fixture as Fixture)];
  if (!Array.isArray(fixture) || typeof fixture[0] !== 'function' || isShared(fixture[1])) return [name, fixture];
  return [name, [fixtureInTry(fixture[0] as Fixture), ...(fixture.slice(1) as unknown[])]];
}

/** What outlives a test is set up in real time. */
function isShared(options: unknown): boolean {
  const scope = (options as { scope?: unknown } | undefined)?.scope;
  return scope === 'file' || scope === 'worker';
}

/** Its setup runs up to `use`; the rest when vitest cleans up. */
function fixtureInTry(fixture: Fixture): Fixture {
  const wrapper: Fixture = async (context, use) => {
    const { task } = context;
    if (!runsInTry(task)) return await fixture(context, use);
    let end = (): void => {};
    const ending = new Promise<void>((resolve) => {
      end = resolve;
    });
    let ended: Promise<unknown> = Promise.resolve();
    const setUp = (): Promise<{ value: unknown } | null> =>
      new Promise((resolve, reject) => {
        const used = async (value: unknown): Promise<void> => {
          resolve({ value });
          await ending;
        };
        ended = (async () => await fixture(context, used))();
        ended.then(() => resolve(null), reject);
      });
    const provided = await runInTry(task, 'fixture', setUp, null);
    if (provided === null) return undefined;
    const one = tryOf(task);
    await use(provided.value);
    return await finish(one, task, () => {
      end();
      return ended;
    });
  };
  return standingIn(wrapper as Handler, fixture as Handler) as Fixture;
}

function builderInTry(fixture: unknown): unknown {
  if (typeof fixture !== 'function') return fixture;
  const wrapper: BuilderFixture = async (context, tools) => {
    const { task } = context;
    const onCleanup: BuilderTools['onCleanup'] = (cleanup) => {
      const one = tryOf(task);
      tools.onCleanup(async () => await finish(one, task, async () => await cleanup()));
    };
    return await runInTry(task, 'fixture', () => (fixture as BuilderFixture)(context, { onCleanup }), null);
  };
  return standingIn(wrapper as Handler, fixture as Handler);
}

/** What was set up for `aroundEach` is cleaned up when the try is over: in real time then. */
async function finish(one: VirtualTry | undefined, task: Test, action: () => PromiseLike<unknown>): Promise<unknown> {
  if (one === undefined) return await runInTry(task, 'fixture', action, null);
  return await (tryOf(task) === one ? one.run('fixture', action) : action());
}

const contexts = new WeakMap<VirtualTry, VirtualContext>();

/** What a test in virtual time gets besides what vitest provides. */
function contextOf(one: VirtualTry): VirtualContext {
  let context = contexts.get(one);
  if (context === undefined) {
    const { loop, io, sleep } = createContext(one.loop);
    contexts.set(one, (context = { loop, io, sleep }));
  }
  return context;
}

/** Puts the try's own things on the context that vitest hands to the test's functions. */
export function provide(context: object, one: VirtualTry): void {
  Object.assign(context, contextOf(one));
}

/** The try's own things as fixtures, so that the user's fixtures may ask for them. */
export function ownFixtures(): Record<keyof VirtualContext, unknown> {
  return { loop: ownFixture('loop'), io: ownFixture('io'), sleep: ownFixture('sleep') };
}

function ownFixture(name: keyof VirtualContext): Fixture {
  return async ({ task }, use) => {
    await runInTry(task, 'fixture', () => {}, null);
    const one = tryOf(task);
    await use((one === undefined ? anyLoop : contextOf(one))[name]);
  };
}

/** For fixtures of a test that has no loop of its own: a search has one for each of its runs. */
const anyLoop: Omit<VirtualContext, 'loop'> & { readonly loop: undefined } = {
  loop: undefined,
  io: (...args) => createContext(getRunningLoop()).io(...args),
  sleep: (delayMs) => sleep(delayMs),
};
