import { describe, expect, it } from 'vitest';
import { hostFindings, nondeterminismFindings } from './tidy/environment.ts';
import {
  arrowFieldFindings,
  dependencyFindings,
  lengthFindings,
  nameFindings,
  registryFindings,
} from './tidy/files.ts';
import { freeNames } from './tidy/free-names.ts';
import { findCycles, importsOf } from './tidy/imports.ts';
import { layeringFindings } from './tidy/layers.ts';
import { filesBelow, foldersWithManifest, formatFindings, readSource } from './tidy/source-file.ts';

const packages = foldersWithManifest('packages');
const sources = packages.flatMap((name) => filesBelow(`packages/${name}/src`, '.ts'));
const fixtures = filesBelow('fixtures', '.ts');
const scripts = filesBelow('scripts', '.mjs');
const tests = [...packages.flatMap((name) => filesBelow(`packages/${name}/test`, '.ts')), ...filesBelow('test', '.ts')];
const imports = sources.flatMap(importsOf);

const hostBinding = 'packages/loop/src/host-binding.ts';

/** Sources that may use the real time and real timers, and why. */
const realTime: readonly (readonly [path: string, reason: string])[] = [
  [hostBinding, 'takes them for everyone else'],
  ['packages/host/src/io/host-turn.ts', 'waits for real I/O'],
  ['packages/host/src/realm.ts', 'hands out what is replaced'],
  ['packages/vitest/src/realm.ts', 'reads what vitest keeps on the global object'],
  ['packages/bench/src/', 'measures real time, against the real timers'],
  ['packages/vitest/src/vitest-worker.ts', 'reads what vitest keeps on the global object'],
  ['packages/cli/src/register.ts', 'begins with the real date'],
  ['packages/cli/src/virtual-process/settings.ts', 'reads a date that is given as text'],
  ['packages/cli/src/virtual-process/idle-clock.ts', 'asks the host whether something else keeps the process alive'],
  ['packages/cli/src/virtual-process/virtual-process.ts', 'begins behind the steps of other loops'],
  ['packages/cli/src/stopwatch.ts', 'tells how long a run took'],
  ['packages/cli/src/watch/', 'looks whether a step ends, in real time'],
  ['packages/cli/src/end-process.ts', 'ends a process that something keeps alive'],
  ['packages/cli/src/program-loops.ts', 'waits for the program, between its loops'],
];

describe('layers', () => {
  it('packages import only what the table of layers allows', () => {
    expect(formatFindings(layeringFindings(imports))).toEqual([]);
  });

  it('no files of a package import each other in a circle', () => {
    expect(findCycles(imports)).toEqual([]);
  });

  it.each(['loop', 'asyncio', 'trace'])('%s depends on nothing but packages of this repository', (name) => {
    expect(formatFindings(dependencyFindings(readSource(`packages/${name}/package.json`)))).toEqual([]);
  });
});

describe('determinism', () => {
  it('the loop uses nothing but the language, apart from its host binding', () => {
    const loop = sources.filter(({ path }) => path.startsWith('packages/loop/') && path !== hostBinding);
    expect(loop).not.toEqual([]);
    expect(formatFindings(hostFindings(loop.flatMap(freeNames)))).toEqual([]);
  });

  it('only listed sources use real time, real timers or real randomness', () => {
    const bound = sources.filter(({ path }) => !realTime.some(([listed]) => path.startsWith(listed)));
    const findings = nondeterminismFindings(bound.flatMap(freeNames), bound.flatMap(importsOf));
    expect(formatFindings(findings)).toEqual([]);
  });
});

describe('memory', () => {
  it('what a search makes for each run keeps no arrow function in a field, which V8 takes for old', () => {
    const madeForARun = sources.filter(({ path }) => /^packages\/(loop|asyncio|explore)\//.test(path));
    // There is one pump in a process.
    const searched = madeForARun.filter(({ path }) => path !== 'packages/loop/src/pump.ts');
    expect(searched.length).toBeGreaterThan(0);
    expect(formatFindings(searched.flatMap(arrowFieldFindings))).toEqual([]);
  });
});

describe('tools', () => {
  it.each(packages)('tsc -b builds %s', (name) => {
    expect(readSource('tsconfig.json').text).toContain(`"packages/${name}"`);
  });

  it('npm test runs all tests', () => {
    const folders = [
      ...packages.map((name) => `packages/${name}`),
      ...foldersWithManifest('fixtures').map((name) => `fixtures/${name}`),
    ];
    const tested = folders.filter((folder) => filesBelow(`${folder}/test`, '.test.ts').length > 0);
    const { text } = readSource('vitest.workspace.ts');
    expect(tested.filter((folder) => !text.includes(`'${folder}'`))).toEqual([]);
  });
});

describe('files', () => {
  it('sources have at most 300 lines', () => {
    expect(formatFindings(lengthFindings([...sources, ...scripts], 300))).toEqual([]);
  });

  it('tests and fixtures have at most 400 lines', () => {
    expect(formatFindings(lengthFindings([...tests, ...fixtures], 400))).toEqual([]);
  });

  it('file names are in kebab-case', () => {
    const paths = [...sources, ...tests, ...fixtures, ...scripts].map(({ path }) => path);
    expect(formatFindings(nameFindings(paths))).toEqual([]);
  });

  it('the lock file names no registry, so that any mirror serves', () => {
    expect(formatFindings(registryFindings(readSource('package-lock.json')))).toEqual([]);
  });
});
