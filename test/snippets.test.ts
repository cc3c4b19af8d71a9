import { format } from 'node:util';
import { run, VirtualClock } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { documents, readSnippets, snippetsIn, writeSnippet } from '../scripts/snippets.mjs';

const toRun = documents()
  .flatMap(readSnippets)
  .filter(({ notRun }) => notRun === null);

describe('a snippet', () => {
  for (const snippet of toRun) {
    const place = `${snippet.document}:${snippet.line}`;
    const path = writeSnippet(snippet);
    const tags = snippet.code.includes('installHost(') ? ['host'] : [];
    if (/ from '(@timeloom\/)?vitest'/.test(snippet.code)) {
      // Tests of its own: they are collected here, and run as all others.
      describe(`tests: ${place}`, async () => void (await import(path)));
    } else if (snippet.output === null) {
      it(`runs: ${place}`, { tags }, async () => {
        await expect(printedBy(path)).resolves.toBeTypeOf('string');
      });
    } else {
      it(`prints what stands below it: ${place}`, { tags }, async () => {
        expect(await printedBy(path)).toBe(`${snippet.output}\n`);
      });
    }
  }
});

/** What a program prints: its module, and then its `main`, if it exports one, as `timeloom run` would run it. */
async function printedBy(path: string): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (...data: unknown[]) => void lines.push(`${format(...data)}\n`);
  try {
    const { main } = (await import(path)) as { main?: () => Promise<unknown> };
    if (main !== undefined) await run(main, { clock: new VirtualClock() });
  } finally {
    console.log = log;
  }
  return lines.join('');
}

describe('snippetsIn', () => {
  const snippets = (...lines: string[]) => snippetsIn('a.md', lines.join('\n'));

  it('finds blocks of TypeScript, and only those', () => {
    const found = snippets('# A', '```ts', 'a;', '', 'b;', '```', '```sh', 'c', '```', '~~~ts', 'd;', '~~~');
    expect(found).toEqual([
      { document: 'a.md', line: 2, code: 'a;\n\nb;', output: null, notRun: null },
      { document: 'a.md', line: 10, code: 'd;', output: null, notRun: null },
    ]);
  });

  it('takes a block of text right behind for the output', () => {
    expect(snippets('```ts', 'a;', '```', '', '```text', '1', '2', '```')[0]?.output).toBe('1\n2');
    expect(snippets('```ts', 'a;', '```', '```', '1', '```')[0]?.output).toBe('1');
    expect(snippets('```ts', 'a;', '```', 'prose', '```text', '1', '```')[0]?.output).toBeNull();
  });

  it('leaves out a block only for a reason', () => {
    expect(snippets('<!-- not run: needs a server -->', '```ts', 'a;', '```')[0]?.notRun).toBe('needs a server');
    expect(() => snippets('<!-- not run -->', '```ts', 'a;', '```')).toThrow('a.md:2: say why this block is not run');
  });

  it('applies a reason to one block', () => {
    const [, second] = snippets('<!-- not run: why -->', '```ts', 'a;', '```', '```ts', 'b;', '```');
    expect(second?.notRun).toBeNull();
  });

  it('takes blocks out of lists, and blocks in blocks as text', () => {
    expect(snippets('- a', '  ```ts', '  if (a)', '    b;', '  ```')[0]?.code).toBe('if (a)\n  b;');
    expect(snippets('````md', '```ts', 'a;', '```', '````')).toEqual([]);
  });

  it('refuses a block without an end', () => {
    expect(() => snippets('```ts', 'a;')).toThrow('a.md:1: this block has no end');
  });
});
