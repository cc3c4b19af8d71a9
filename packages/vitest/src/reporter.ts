import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import type { SearchProgressMeta, TimeloomMeta } from './meta.ts';

/** To the start of the line, and all of it gone. */
const eraseLine = '\r\u001B[K';

export interface TimeloomReporterOptions {
  /** Where the line about searches goes that are on; null for nowhere. Default: stdout if it is a terminal. */
  readonly terminal?: { write(text: string): unknown } | null | undefined;
}

/**
 * Beside a reporter of vitest: `reporters: ['default', '@timeloom/vitest/reporter']`. Says at the end how
 * much time passed in the tests and what the searches covered; on a terminal, how far a search is while
 * it runs. Says nothing where no time was virtual and nothing was searched.
 */
// oxlint-disable-next-line import/no-default-export -- vitest takes reporters so
export default class TimeloomReporter implements Reporter {
  readonly #terminal: { write(text: string): unknown } | null;
  readonly #searching = new Map<string, { readonly name: string; readonly progress: SearchProgressMeta }>();
  #vitest: Vitest | null = null;
  #lineShown = false;

  constructor({ terminal = process.stdout.isTTY ? process.stdout : null }: TimeloomReporterOptions = {}) {
    this.#terminal = terminal;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTaskUpdate(packs: readonly (readonly [id: string, result: unknown, meta: { timeloom?: TimeloomMeta }])[]): void {
    for (const [id, , meta] of packs) {
      const progress = meta.timeloom?.searching;
      const test = this.#vitest?.state.getReportedEntityById(id);
      if (progress !== undefined && test?.type === 'test') this.#searching.set(id, { name: test.fullName, progress });
    }
    this.#show();
  }

  onTestCaseResult({ id }: TestCase): void {
    this.#searching.delete(id);
    this.#show();
  }

  #show(): void {
    if (this.#terminal === null) return;
    const searches = [...this.#searching.values()].map(
      ({ name, progress: { runs, perSecond, orders } }) =>
        `${name}: ${runs} runs, ${perSecond} schedules/s, ${orders} orders`,
    );
    if (searches.length > 0 || this.#lineShown) this.#terminal.write(`${eraseLine}${searches.join(' | ')}`);
    this.#lineShown = searches.length > 0;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    this.#searching.clear();
    this.#show();
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const lines = [timeLine(tests), ...searchLines(tests)].filter((line) => line !== null);
    for (const line of lines) this.#vitest?.logger.log(line);
  }
}

function timeLine(tests: readonly TestCase[]): string | null {
  let virtualMs = 0;
  let realMs = 0;
  for (const test of tests) {
    const { virtualMs: own } = test.meta().timeloom ?? {};
    if (own === undefined) continue;
    virtualMs += own;
    realMs += test.diagnostic()?.duration ?? 0;
  }
  if (virtualMs === 0) return null;
  const factor = realMs < 1 ? 1 : Math.round(virtualMs / realMs);
  const faster = factor > 1 ? `, ${factor.toLocaleString('en')} times as fast` : '';
  return `Virtual time  ${inWords(virtualMs)} in ${inWords(realMs)}${faster}`;
}

/** What passing searches covered; those that failed say it in their report. */
function searchLines(tests: readonly TestCase[]): string[] {
  const passed = tests.filter((test) => test.meta().timeloom?.exploration?.passed === true);
  if (passed.length === 0) return [];
  const runs = passed.reduce((sum, test) => sum + test.meta().timeloom!.exploration!.runs, 0);
  const what = passed.length === 1 ? '1 test' : `${passed.length} tests`;
  const orders = runs === 1 ? '1 schedule' : `${runs.toLocaleString('en')} schedules`;
  return [`Orders  ${orders} of ${what} passed`];
}

/** E.g. `1 h 2 min`, `3.5 s`, `12 ms`. */
function inWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
