import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { projects, tags } from './vitest.workspace.ts';

/*
 * Our own tests on our own runner, as a user has it: from `dist`, loaded by Node. What is under test comes
 * from the sources. So there are two copies of the packages, and a loop under test takes the timers on
 * which it runs from the loop of its test, as it would take those of Node.
 */

const usesHost = 'put loops of their own on the host, which takes one at a time';
const startVitest = 'start vitest, whose bundler works in threads of native code that the host does not see';

/** Files that stay in real time, by project, and why. Single tests have one of the tags. */
const real: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  host: {
    'test/{aborted-waits,conformance,contexts,frames,immediates,install,peers,polling,random,time,timers,vm-contexts}*.test.ts':
      usesHost,
    'test/io/*.test.ts': usesHost,
    'test/simulated/{file-times,fs,http-events,network,simulated}*.test.ts': usesHost,
  },
  vitest: { 'test/{api,regressions,reporter}.test.ts': startVitest },
  cli: { 'test/explore-program.test.ts': usesHost },
  'host-fuzz': { 'test/recorded.golden.test.ts': usesHost },
  races: { 'test/{platform-orders,simulated-network,traps}.test.ts': usesHost },
};

/** What the condition @timeloom/source says, for vite alone: Node would look for the runner's imports there, too. */
const alias = ['loop', 'asyncio', 'trace', 'explore', 'host', 'cli'].flatMap((name) => {
  const folder = join(import.meta.dirname, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.exports).flatMap(([path, { '@timeloom/source': source }]) =>
    source === undefined
      ? []
      : [{ find: new RegExp(`^${join(manifest.name, path)}$`), replacement: join(folder, source) }],
  );
});

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly '@timeloom/source'?: string }>>;
}

const runner = fileURLToPath(import.meta.resolve('@timeloom/vitest/runner'));
const reporter = fileURLToPath(import.meta.resolve('@timeloom/vitest/reporter'));

export default defineConfig({
  test: {
    reporters: ['default', reporter],
    projects: projects.map(({ oxc, test }) => ({
      oxc,
      // The tests of @timeloom/vitest are about the loop that the runner gives them.
      resolve: { alias: test.name === 'vitest' ? [] : alias },
      test: {
        ...test,
        runner,
        server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
        provide: {
          timeloom: {
            // A test that runs thousands of loops, in a search, takes an immediate for each of their turns.
            maxStepsPerInstant: 1_000_000,
            real: { files: Object.keys(real[test.name] ?? {}), tags: tags.map(({ name }) => name) },
          },
        },
      },
    })),
  },
});
