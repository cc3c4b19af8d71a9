import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@timeloom/source'];

const project = (name: string, root: string, include = 'test/**/*.test.ts') => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  oxc: { target: 'node20' as const },
  test: { name, root, include: [include] },
});

/** The same tests, in virtual time. */
const virtual = (real: ReturnType<typeof project>) => ({
  ...real,
  test: { ...real.test, runner: fileURLToPath(import.meta.resolve('@timeloom/vitest/runner')) },
});

export default defineConfig({
  test: {
    projects: [
      project('loop', 'packages/loop'),
      project('asyncio', 'packages/asyncio'),
      project('trace', 'packages/trace'),
      project('explore', 'packages/explore'),
      project('host', 'packages/host'),
      project('vitest', 'packages/vitest'),
      project('cli', 'packages/cli'),
      project('seeds', 'fixtures/seeds'),
      project('cpython', 'fixtures/cpython'),
      project('races', 'fixtures/races'),
      virtual(project('samples', 'fixtures/samples', '**/*.test.ts')),
      project('repository', 'test', '**/*.test.ts'),
    ],
  },
});
