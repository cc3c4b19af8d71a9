import { join } from 'node:path';
import type { TestError } from 'vitest';
import { startVitest, type CliOptions, type TestCase } from 'vitest/node';

/** The runner by its source: by its name it would be another module than the one that the tests import. */
export const runner: string = join(import.meta.dirname, '../src/runner.ts');

/** How one test of a project ended. */
export interface TestEnd {
  readonly state: string;
  /** Name and message of each error. */
  readonly errors: readonly string[];
  /** The stacks of the errors, as vitest shows them. */
  readonly stacks: readonly string[];
  readonly meta: unknown;
  /** Messages of its annotations, with the text that is attached. */
  readonly annotations: readonly string[];
}

/** A run of a project that is over. */
export interface ProjectEnd {
  /** By full name, as `describe > test`. */
  readonly tests: ReadonlyMap<string, TestEnd>;
  /** Errors of files, and of nobody. */
  readonly otherErrors: readonly string[];
}

/** Runs the vitest project in `projects/<name>` in this process's vitest, and tells how each test ended. */
export async function runProject(name: string, options: CliOptions = {}): Promise<ProjectEnd> {
  const root = join(import.meta.dirname, 'projects', name);
  const vitest = await startVitest(
    'test',
    [],
    { root, config: false, watch: false, reporters: [{}], include: ['*.case.ts'], update: 'none', ...options },
    { resolve: { conditions: ['@timeloom/source'] }, ssr: { resolve: { conditions: ['@timeloom/source'] } } },
  );
  try {
    const tests = new Map<string, TestEnd>();
    const otherErrors: string[] = vitest.state
      .getUnhandledErrors()
      .map((error) => (error as { message?: string }).message ?? 'no message');
    for (const module of vitest.state.getTestModules()) {
      otherErrors.push(...module.errors().map(({ message }) => message));
      for (const test of module.children.allTests()) tests.set(test.fullName, endOf(test));
    }
    return { tests, otherErrors };
  } finally {
    await vitest.close();
  }
}

function endOf(test: TestCase): TestEnd {
  const { state, errors = [] } = test.result();
  return {
    state,
    errors: errors.map(tell),
    stacks: errors.map(({ stack }) => stack ?? ''),
    meta: test.meta(),
    annotations: test.annotations().map(({ message, attachment }) => `${message}: ${textOf(attachment?.body)}`),
  };
}

function tell({ name, message, cause }: TestError): string {
  return `${name}: ${message}${cause === undefined ? '' : `\ncaused by ${tell(cause)}`}`;
}

/** What is attached comes as it is, or in base64. */
function textOf(body: string | Uint8Array | undefined): string {
  const text = String(body ?? '');
  const decoded = Buffer.from(text, 'base64');
  return decoded.toString('base64') === text ? decoded.toString() : text;
}
