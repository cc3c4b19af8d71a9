import { relative } from 'node:path';
import picomatch from 'picomatch';
import { test } from 'vitest';
import { fixturesInTry } from './fixtures.ts';
import { configOptions, optionsFor, trySettings } from './settings.ts';
import { giveHostBack, takeOverHost } from './takeover.ts';
import { beginTry, endTry, entryOf, registerTest, runInTry, type TestEntry } from './tries.ts';
import { TestRunner } from './vitest-api.ts';
import { standingIn, type Handler, type Suite, type Test, type TestFile } from './vitest-internals.ts';

type RunnerConfig = ConstructorParameters<typeof TestRunner>[0];
type Hook = (context: { task: Test }, suite: unknown) => unknown;
type Extend = (this: unknown, ...args: unknown[]) => { extend: Extend };

/**
 * Runs the tests of a suite in virtual time, with their `beforeEach` and `afterEach`; use it as
 * `runner: '@timeloom/vitest/runner'`. `beforeAll`, `afterAll`, `aroundAll` and `aroundEach` run in
 * real time: what they set up outlives the loop of a test.
 */
// oxlint-disable-next-line import/no-default-export -- vitest asks for a default export.
export default class TimeloomRunner extends TestRunner {
  readonly #isReal: (test: Test) => boolean;

  constructor(config: RunnerConfig) {
    super(config);
    this.#isReal = realTests(config.root);
    const extensible = test as unknown as { extend: Extend };
    if (!extending.has(extensible.extend)) extensible.extend = extendingInTry(extensible.extend);
  }

  /** Before the code under test is imported: it may keep the timers that it finds. */
  onBeforeCollect(): void {
    takeOverHost();
  }

  onCollected(files: TestFile[]): void {
    for (const file of files) {
      if (file.tasks.length === 0) continue;
      const entry: TestEntry = { mode: 'virtual', settings: trySettings(optionsFor(file, {}), 'allow'), place: null };
      this.#register(file, entry);
    }
  }

  #register(suite: Suite, entry: TestEntry): void {
    for (const task of suite.tasks) {
      if (task.type === 'suite') this.#register(task, entry);
      else if (entryOf(task) === undefined && !this.#isReal(task)) registerTest(task, entry);
    }
  }

  override async onBeforeRunSuite(suite: Suite): Promise<void> {
    await super.onBeforeRunSuite(suite);
    const { beforeEach, afterEach } = TestRunner.getSuiteHooks(suite);
    replaceAll(beforeEach, (hook) => hookInTry('beforeEach', hook as Hook));
    replaceAll(afterEach, (hook) => hookInTry('afterEach', hook as Hook));
  }

  // oxlint-disable-next-line typescript/no-misused-promises -- vitest awaits it.
  override async onBeforeTryTask(test: Test): Promise<void> {
    super.onBeforeTryTask(test);
    const entry = entryOf(test);
    if (entry?.mode === 'virtual') await beginTry(test, entry);
  }

  async runTask(test: Test): Promise<void> {
    const run = TestRunner.getTestFn(test);
    if (entryOf(test)?.mode === 'virtual') await runInTry(test, 'test', run, null);
    else await run();
  }

  async onAfterRetryTask(test: Test): Promise<void> {
    await endTry(test);
  }

  override onAfterRunFiles(): void {
    giveHostBack();
    super.onAfterRunFiles();
  }
}

function realTests(root: string): (test: Test) => boolean {
  const { files = [], tags = [] } = configOptions().real ?? {};
  const matches = files.length === 0 ? () => false : picomatch([...files], { dot: true });
  return (test) => matches(relative(root, test.file.filepath)) || (test.tags ?? []).some((tag) => tags.includes(tag));
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
