import { relative } from 'node:path';
import { test } from 'vitest';
import { fixturesInTry } from './fixtures.ts';
import { placeOfTest } from './place.ts';
import { configOptions, optionsFor, trySettings } from './settings.ts';
import { giveHostBack, takeOverHost } from './takeover.ts';
import { beginTry, endTry, entryOf, registerTest, runInTry, type TestEntry } from './tries.ts';
import { TestRunner } from './vitest-api.ts';
import { standingIn, type Handler, type Suite, type Test, type TestFile } from './vitest-internals.ts';

type Hook = (context: { task: Test }, suite: unknown) => unknown;
type Extend = (this: unknown, ...args: unknown[]) => { extend: Extend };

/** What the runner does about tests that know nothing of virtual time. */
export class VirtualSuite {
  readonly #isReal: (test: Test) => boolean;

  private constructor(isReal: (test: Test) => boolean) {
    this.#isReal = isReal;
  }

  /** Takes the host over, before the code under test is imported: it may keep the timers that it finds. */
  static async begin(root: string): Promise<VirtualSuite> {
    const suite = new VirtualSuite(await realTests(root));
    takeOverHost();
    const extensible = test as unknown as { extend: Extend };
    if (!extending.has(extensible.extend)) extensible.extend = extendingInTry(extensible.extend);
    return suite;
  }

  /** Puts the tests of a file into virtual time, but for those that are to stay out of it. */
  adopt(file: TestFile): void {
    if (file.tasks.length === 0) return;
    this.#adopt(file, { mode: 'virtual', settings: trySettings(optionsFor(file, {}), 'allow'), place: null });
  }

  #adopt(suite: Suite, entry: TestEntry): void {
    for (const task of suite.tasks) {
      if (task.type === 'suite') this.#adopt(task, entry);
      else if (entryOf(task) === undefined && !this.#isReal(task))
        registerTest(task, { ...entry, place: placeOfTest(task) });
    }
  }

  /** Has the hooks of a suite run in the tries of its tests. */
  adoptHooks(suite: Suite): void {
    // There are none for a file that broke while it was collected, whatever vitest's types say.
    const hooks: Partial<ReturnType<typeof TestRunner.getSuiteHooks>> | undefined = TestRunner.getSuiteHooks(suite);
    replaceAll(hooks?.beforeEach ?? [], (hook) => hookInTry('beforeEach', hook as Hook));
    replaceAll(hooks?.afterEach ?? [], (hook) => hookInTry('afterEach', hook as Hook));
  }

  // Each await here would be one for each test of the suite.

  beginTry(test: Test): Promise<unknown> | undefined {
    const entry = entryOf(test);
    const begun = entry?.mode === 'virtual' ? beginTry(test, entry) : undefined;
    return begun instanceof Promise ? begun : undefined;
  }

  run(test: Test): unknown {
    const run = TestRunner.getTestFn(test);
    const entry = entryOf(test);
    return entry?.mode === 'virtual' ? runInTry(test, 'test', run, entry.place) : run();
  }

  endTry(test: Test): Promise<void> | undefined {
    return endTry(test);
  }

  end(): void {
    giveHostBack();
  }
}

async function realTests(root: string): Promise<(test: Test) => boolean> {
  const { files = [], tags = [] } = configOptions().real ?? {};
  const tagged = (test: Test): boolean => test.tags?.some((tag) => tags.includes(tag)) === true;
  if (files.length === 0) return tagged;
  const { default: picomatch } = await import('picomatch');
  const matches = picomatch([...files], { dot: true });
  return (test) => matches(relative(root, test.file.filepath)) || tagged(test);
}

const replaced = new WeakSet<Handler>();

function replaceAll(hooks: Handler[], replacement: (hook: Handler) => Handler): void {
  for (const [index, hook] of hooks.entries()) {
    if (replaced.has(hook)) continue;
    const wrapper = standingIn(replacement(hook), hook);
    hooks[index] = wrapper;
    replaced.add(wrapper);
  }
}

function hookInTry(name: string, hook: Hook): Handler {
  return async (context: { task: Test }, suite: unknown) => {
    const { task } = context;
    const cleanUp = await runInTry(task, name, () => hook(context, suite), null);
    if (typeof cleanUp !== 'function') return cleanUp;
    return async () => await runInTry(task, name, () => (cleanUp as () => unknown)(), null);
  };
}

/** vitest's `test.extend`, and that of what it makes, with fixtures that run in the try of their test. */
function extendingInTry(extend: Extend): Extend {
  const wrapper: Extend = function (this: unknown, ...args) {
    const extended = Reflect.apply(extend, this, fixturesInTry(args));
    extended.extend = extendingInTry(extended.extend);
    return extended;
  };
  extending.add(wrapper);
  return wrapper;
}

const extending = new WeakSet<Extend>();
