import { describe, expect, it } from 'vitest';
import { findCycles, importsOf } from './imports.ts';
import { layeringFindings } from './layers.ts';

const file = (path: string, text: string) => ({ path, text });

describe('importsOf', () => {
  it('finds every way to name a module', () => {
    const text = `import a from 'a'; import 'b'; export { c } from 'c'; export * from 'd'; await import('e');`;
    expect(importsOf(file('x.ts', text)).map(({ specifier }) => specifier)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('knows which imports are gone at run time', () => {
    const text = `import type { A } from 'a'; export type { B } from 'b'; type C = import('c').C;
      import { type D } from 'd'; import { type E, f } from 'e';`;
    const gone = importsOf(file('x.ts', text)).map(({ specifier, typeOnly }) => [specifier, typeOnly]);
    expect(gone).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
      ['d', false],
      ['e', false],
    ]);
  });

  it('gives the line', () => {
    expect(importsOf(file('x.ts', `\n\nimport 'a';`))[0]?.line).toBe(3);
  });
});

describe('findCycles', () => {
  const cycles = (files: Record<string, string>): string[][] =>
    findCycles(Object.entries(files).flatMap(([path, text]) => importsOf(file(path, text))));

  it('finds two files that import each other', () => {
    expect(cycles({ 'src/a.ts': `import './b.ts';`, 'src/b.ts': `import './a.ts';` })).toEqual([
      ['src/a.ts', 'src/b.ts'],
    ]);
  });

  it('finds a circle behind a file that is not part of it', () => {
    const files = {
      'src/index.ts': `import './x/a.ts';`,
      'src/x/a.ts': `export * from './b.ts';`,
      'src/x/b.ts': `await import('../c.ts');`,
      'src/c.ts': `import './x/a.ts';`,
    };
    expect(cycles(files)).toEqual([['src/x/a.ts', 'src/x/b.ts', 'src/c.ts']]);
  });

  it('finds a file that imports itself', () => {
    expect(cycles({ 'src/a.ts': `import './a.ts';` })).toEqual([['src/a.ts']]);
  });

  it('accepts a circle that types close, and two ways to one file', () => {
    const files = {
      'src/a.ts': `import './b.ts'; import './c.ts';`,
      'src/b.ts': `import './c.ts'; import type { A } from './a.ts';`,
      'src/c.ts': '',
    };
    expect(cycles(files)).toEqual([]);
  });
});

describe('layeringFindings', () => {
  const objections = (path: string, text: string): string[] =>
    layeringFindings(importsOf(file(path, text))).map(({ message }) => message);

  it('keeps the loop free of imports', () => {
    const text = `import 'node:fs'; import type { X } from 'x'; import '@timeloom/asyncio'; import './clock.ts';`;
    expect(objections('packages/loop/src/a.ts', text)).toEqual([
      'loop imports nothing, not node:fs',
      'loop imports nothing, not x',
      'loop must not import asyncio',
    ]);
  });

  it('lets packages import downwards only', () => {
    const text = `import '@timeloom/loop'; import 'node:async_hooks'; import '@timeloom/trace';`;
    expect(objections('packages/asyncio/src/a.ts', text)).toEqual(['asyncio must not import trace']);
  });

  it('lets trace see the types of the loop, and nothing else of it', () => {
    expect(objections('packages/trace/src/a.ts', `import type { Handle } from '@timeloom/loop';`)).toEqual([]);
    expect(objections('packages/trace/src/a.ts', `import { type Handle } from '@timeloom/loop';`)).toEqual([
      'trace imports only types from loop: write import type',
    ]);
  });

  it('refuses relative paths out of the package, and packages it does not know', () => {
    expect(objections('packages/cli/src/a.ts', `import '../../loop/src/clock.ts';`)).toEqual([
      '../../loop/src/clock.ts leads out of the package',
    ]);
    expect(objections('packages/new/src/a.ts', `import './b.ts';`)).toEqual([
      'package new has no place in the table of layers',
    ]);
  });
});
