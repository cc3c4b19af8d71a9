import { describe, expect, it } from 'vitest';
import { hostFindings, nondeterminismFindings } from './environment.ts';
import { freeNames } from './free-names.ts';
import { importsOf } from './imports.ts';

const free = (text: string): string[] => freeNames({ path: 'a.ts', text }).map(({ name }) => name);

const host = (text: string): string[] =>
  hostFindings(freeNames({ path: 'a.ts', text })).map(({ line, message }) => `${line}: ${message}`);

const changing = (text: string): string[] => {
  const file = { path: 'a.ts', text };
  return nondeterminismFindings(freeNames(file), importsOf(file)).map(({ message }) => message);
};

describe('freeNames', () => {
  it('finds a name wherever it is used', () => {
    expect(free('setTimeout(f, 1); const now = () => performance.now(); class A { at = Date; }')).toEqual([
      'setTimeout',
      'f',
      'performance.now',
      'Date',
    ]);
  });

  it('finds names behind casts, optional chains, defaults and shorthands', () => {
    expect(free('(a as any).b; c?.d; function f(x = e) {} const o = { g }; h!;')).toEqual(['a', 'c.d', 'e', 'g', 'h']);
  });

  it('sees that imports, variables, parameters, classes and catch clauses declare names', () => {
    const text = `
      import { setTimeout } from './x.ts'; import type { performance } from './y.ts';
      const { console, process: { env }, ...rest } = f(); function f(Date) { return Date; }
      class Worker { constructor(private global: any) { global; } }
      try {} catch (self) { self; }
      for (const fetch of rest) fetch;
      switch (env) { case 1: const crypto = 2; crypto; }
      setTimeout; performance; console; Worker;`;
    expect(free(text)).toEqual([]);
  });

  it('does not carry a name out of its scope', () => {
    expect(free('{ const console = 1; console; } console; (Date) => Date; Date;')).toEqual(['console', 'Date']);
  });

  it('takes neither members, keys, labels nor types for uses', () => {
    const text = `
      const o = { console: 1, Date() {} }; o.performance; o['x']; fetch: for (;;) break fetch;
      let d: Date | typeof setTimeout; interface Worker {} type T = Buffer; export { x as process } from './x.ts';`;
    expect(free(text)).toEqual([]);
  });
});

describe('hostFindings', () => {
  it('refuses globals of the host, and says where', () => {
    expect(host('const a = 1;\nconsole.log(a);')).toEqual(['2: uses console.log, which is not of the language']);
  });

  it('refuses the parts of the language that change from run to run', () => {
    expect(host('Math.random(); new Date(); Math.floor(1);')).toEqual([
      '1: uses Math.random, which is not of the language',
      '1: uses Date, which is not of the language',
    ]);
  });

  it('accepts the language', () => {
    expect(host('new Map([[undefined, Infinity]]); Promise.resolve(); throw new RangeError();')).toEqual([]);
  });
});

describe('nondeterminismFindings', () => {
  it('refuses time, timers and randomness', () => {
    expect(changing('Date.now(); setImmediate(f); crypto.randomUUID(); process.hrtime(); Math.random();')).toEqual([
      'uses Date.now',
      'uses setImmediate',
      'uses crypto.randomUUID',
      'uses process.hrtime',
      'uses Math.random',
    ]);
  });

  it('refuses the ways around', () => {
    expect(changing(`import { now } from 'node:perf_hooks'; import 'timers'; globalThis.Date;`)).toEqual([
      'uses globalThis.Date',
      'imports node:perf_hooks',
      'imports timers',
    ]);
  });

  it('accepts a look at a class, which tells no time', () => {
    expect(changing('a instanceof Date;')).toEqual([]);
    expect(changing('Date.now() instanceof a; a instanceof f(Date);')).toEqual(['uses Date.now', 'uses Date']);
    expect(host('a instanceof AbortSignal;')).toContain('1: uses AbortSignal, which is not of the language');
  });

  it('accepts other parts of the host', () => {
    expect(changing(`import { join } from 'node:path'; process.exit(); import type { T } from 'crypto';`)).toEqual([]);
  });
});
