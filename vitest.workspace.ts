import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@timeloom/source'];

/** What keeps single tests in real time; vitest.virtual.config.ts has the files. */
export const tags: { readonly name: string; readonly description: string }[] = [
  { name: 'host', description: 'puts a loop of its own on the host, which takes one at a time' },
  { name: 'threads', description: 'waits for a pool of threads on ports that were moved to them, unseen by the host' },
  { name: 'real-time', description: 'measures real time, or waits for it' },
];

const project = (name: string, root: string, include = 'test/**/*.test.ts') => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  oxc: { target: 'node20' as const },
  test: { name, root, include: [include], tags },
});

type Project = ReturnType<typeof project>;

/** The tests of the project itself, from its sources. */
export const projects: readonly Project[] = [
  project('loop', 'packages/loop'),
  project('asyncio', 'packages/asyncio'),
  project('trace', 'packages/trace'),
  project('explore', 'packages/explore'),
  project('host', 'packages/host'),
  project('vitest', 'packages/vitest'),
  project('cli', 'packages/cli'),
  project('seeds', 'fixtures/seeds'),
  project('cpython', 'fixtures/cpython'),
  project('host-fuzz', 'fixtures/host-fuzz'),
  project('races', 'fixtures/races'),
  project('repository', 'test', '**/*.test.ts'),
];

/** The same tests, in virtual time. */
const virtual = (real: Project) => ({
  ...real,
  test: { ...real.test, runner: fileURLToPath(import.meta.resolve('@timeloom/vitest/runner')) },
});

export default defineConfig({
  test: { projects: [...projects, virtual(project('samples', 'fixtures/samples', '**/*.test.ts'))] },
});
