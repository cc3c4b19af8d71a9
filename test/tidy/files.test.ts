import { describe, expect, it } from 'vitest';
import { arrowFieldFindings, dependencyFindings, lengthFindings, nameFindings, registryFindings } from './files.ts';
import { formatFindings } from './source-file.ts';

describe('lengthFindings', () => {
  it('counts lines, not the newline at the end', () => {
    const files = [
      { path: 'a.ts', text: '1\n2\n' },
      { path: 'b.ts', text: '1\n2\n3' },
    ];
    expect(formatFindings(lengthFindings(files, 2))).toEqual(['b.ts has 3 lines, and 2 is the limit']);
  });
});

describe('nameFindings', () => {
  it('accepts kebab-case with any endings', () => {
    expect(nameFindings(['src/event-loop.ts', 'test/sleep.golden.test.ts', 'vitest.workspace.ts'])).toEqual([]);
  });

  it('refuses capitals, underscores and stray hyphens', () => {
    const paths = ['src/EventLoop.ts', 'src/event_loop.ts', 'src/-a.ts', 'src/a-.ts'];
    expect(nameFindings(paths).map(({ path }) => path)).toEqual(paths);
  });
});

describe('arrowFieldFindings', () => {
  const lines = (text: string): unknown[] => arrowFieldFindings({ path: 'a.ts', text }).map(({ line }) => line);

  it('refuses arrow functions in fields', () => {
    const fields = [
      '  readonly #wake = (): void => {',
      '  private run = async (a: number) => a;',
      '  goOn: (value: unknown) => void = (value) => {',
      '  next = value => value;',
    ];
    expect(lines(fields.join('\n'))).toEqual([1, 2, 3, 4]);
  });

  it('accepts methods, bound ones in fields, and arrow functions elsewhere', () => {
    const others = [
      '  readonly #wake: () => void = this.#wakeUp.bind(this);',
      '  step(): boolean {',
      '  const stop = (): void => this.stop();',
      '    executor = (resolve: Resolve): void => {',
      'const take = (resolve: Resolve): void => {',
    ];
    expect(lines(others.join('\n'))).toEqual([]);
  });
});

describe('registryFindings', () => {
  const lines = (text: string): unknown[] => registryFindings({ path: 'lock', text }).map(({ line }) => line);

  it('refuses addresses of packages', () => {
    expect(
      lines('{\n"resolved": "https://registry.example/a/-/a-1.0.0.tgz",\n"resolved": "git+ssh://example/a"'),
    ).toEqual([2, 3]);
  });

  it('accepts links to folders, and addresses of other things', () => {
    expect(lines('"resolved": "packages/loop",\n"url": "https://example.org/funding"')).toEqual([]);
  });
});

describe('dependencyFindings', () => {
  const names = (manifest: object): string[] =>
    dependencyFindings({ path: 'p', text: JSON.stringify(manifest) }).map(({ message }) => message);

  it('refuses dependencies of every kind that users would install', () => {
    const manifest = { dependencies: { a: '1' }, peerDependencies: { b: '1' }, optionalDependencies: { c: '1' } };
    expect(names(manifest)).toEqual(['depends on a', 'depends on b', 'depends on c']);
  });

  it('accepts packages of this repository, and what only development needs', () => {
    expect(names({ dependencies: { '@timeloom/loop': '1' }, devDependencies: { a: '1' } })).toEqual([]);
  });
});
