/**
 * The TypeScript in the Markdown files, as programs that are run and type-checked.
 *
 * Every ```ts block is a program of its own. If a ```text block (or one without a language)
 * follows it, with only blank lines between, that is what it prints. A block is left out if this comment stands right before it:
 *
 *     <!-- not run: why -->
 *
 * Run as a script, this writes the programs to test/.snippets, where the type checker finds them.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Snippet
 * @property {string} document the Markdown file, relative to the root of the repository
 * @property {number} line where the block begins
 * @property {string} code
 * @property {string | null} output what it prints, if the document says so
 * @property {string | null} notRun why it is left out; null if it is not
 */

const root = join(import.meta.dirname, '..');
const folder = join(root, 'test', '.snippets');

/** The documents whose snippets are run. */
export function documents() {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  return ['README.md', 'CONTRIBUTING.md', ...packages].filter((path) => existsSync(join(root, path)));
}

/**
 * The snippets of a document of this repository.
 *
 * @param {string} document
 */
export function readSnippets(document) {
  return snippetsIn(document, readFileSync(join(root, document), 'utf8'));
}

/**
 * @param {string} document
 * @param {string} markdown
 * @returns {Snippet[]}
 * @throws SyntaxError if a block has no end, or a reason for leaving one out is empty.
 */
export function snippetsIn(document, markdown) {
  const blocks = blocksIn(document, markdown);
  return blocks.flatMap((block, index) => {
    if (!/^(ts|typescript|tsx|mts)$/.test(block.language)) return [];
    const next = blocks[index + 1];
    const output = next !== undefined && next.before === '' && /^(text|txt|)$/.test(next.language) ? next.code : null;
    return [{ document, line: block.line, code: block.code, output, notRun: reasonIn(document, block) }];
  });
}

/**
 * @typedef {object} Block
 * @property {string} language
 * @property {number} line
 * @property {string} code
 * @property {string} before the text between the block before and this one, trimmed
 */

/**
 * @param {string} document
 * @param {string} markdown
 */
function blocksIn(document, markdown) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ indent: string, marks: string, language: string, line: number, code: string[] } | null} */
  let open = null;
  /** @type {string[]} */
  let before = [];
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const [, indent = '', marks = '', info = ''] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (open === null && marks === '') {
      before.push(line);
    } else if (open === null) {
      open = { indent, marks, language: info.trim().split(/\s/)[0] ?? '', line: index + 1, code: [] };
    } else if (marks.startsWith(open.marks) && info.trim() === '') {
      const { language, line: start, code } = open;
      blocks.push({ language, line: start, code: code.join('\n'), before: before.join('\n').trim() });
      open = null;
      before = [];
    } else {
      open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  if (open !== null) throw new SyntaxError(`${document}:${open.line}: this block has no end`);
  return blocks;
}

/**
 * @param {string} document
 * @param {Block} block
 */
function reasonIn(document, { before, line }) {
  const [, reason] = /<!--\s*not run:?([^>]*)-->$/.exec(before) ?? [];
  if (reason === undefined) return null;
  if (reason.trim() === '') throw new SyntaxError(`${document}:${line}: say why this block is not run`);
  return reason.trim();
}

/**
 * Writes a snippet to a file of its own and returns the path. The file does not change if it is
 * there already, so that several processes may do this at a time.
 *
 * @param {Snippet} snippet
 */
export function writeSnippet({ document, line, code }) {
  const name = `${document
    .replace(/\.md$/, '')
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .toLowerCase()}-${line}.ts`;
  const path = join(folder, name);
  const text = `// From ${document}, line ${line}.\n${code}\nexport {};\n`;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(folder, { recursive: true, force: true });
  const snippets = documents().flatMap(readSnippets);
  for (const snippet of snippets.filter(({ notRun }) => notRun === null)) writeSnippet(snippet);
}
