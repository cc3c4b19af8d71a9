import { TestRunner } from './vitest-api.ts';
import type { VirtualSuite } from './virtual-suite.ts';
import type { Suite, Test, TestFile } from './vitest-internals.ts';

/**
 * Runs the tests of a suite in virtual time, with their `beforeEach` and `afterEach`; use it as
 * `runner: '@timeloom/vitest/runner'`. `beforeAll`, `afterAll`, `aroundAll` and `aroundEach` run in
 * real time: what they set up outlives the loop of a test.
 */
// oxlint-disable-next-line import/no-default-export -- vitest asks for a default export.
export default class TimeloomRunner extends TestRunner {
  #virtual: VirtualSuite | null = null;

  async onBeforeCollect(): Promise<void> {
    // Not with this module: vitest forgets the modules that it has loaded itself before each file, and
    // the tests would import other ones than the runner has.
    const { VirtualSuite } = await import('./virtual-suite.ts');
    this.#virtual = await VirtualSuite.begin(this.config.root);
  }

  onCollected(files: TestFile[]): void {
    for (const file of files) this.#virtual?.adopt(file);
  }

  override async onBeforeRunSuite(suite: Suite): Promise<void> {
    await super.onBeforeRunSuite(suite);
    this.#virtual?.adoptHooks(suite);
  }

  // oxlint-disable-next-line typescript/no-misused-promises -- vitest awaits it.
  override async onBeforeTryTask(test: Test): Promise<void> {
    super.onBeforeTryTask(test);
    const beginning = this.#virtual?.beginTry(test);
    if (beginning !== undefined) await beginning;
  }

  async runTask(test: Test): Promise<void> {
    await this.#virtual?.run(test);
  }

  async onAfterRetryTask(test: Test): Promise<void> {
    const ending = this.#virtual?.endTry(test);
    if (ending !== undefined) await ending;
  }

  override onAfterRunFiles(): void {
    this.#virtual?.end();
    super.onAfterRunFiles();
  }
}
