/** One kept schedule: its token, and the full name of the test that it makes fail. */
export interface Entry {
  readonly token: string;
  readonly test: string;
  /** Number of its line, from 1. */
  readonly line: number;
}

/** A line that is neither empty, nor a comment, nor an entry. */
interface CorruptLine {
  readonly line: number;
  readonly text: string;
}

/** A regression file, taken apart. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly corrupt: readonly CorruptLine[];
}

const header = [
  '# Schedules that made searches of these tests fail. test.explore tries them first.',
  '# A line is a token and the name of its test. Keep this file under version control;',
  '# vitest -u removes what fails no more.',
];

// Tokens of any version: of those that nobody can read, the test says so.
const entry = /^(tl\d+_[\w-]*)[ \t]+(\S.*)$/;

/** Reads the text of a regression file. Never throws: whatever it cannot read is told by its line. */
export function parseEntries(text: string): Entries {
  const entries: Entry[] = [];
  const corrupt: CorruptLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const [, token, test] = entry.exec(content) ?? [];
    if (token === undefined || test === undefined) corrupt.push({ line: index + 1, text: content });
    else entries.push({ token, test, line: index + 1 });
  }
  return { entries, corrupt };
}

/** The name of a test as it stands in a line. */
export function lineName(test: string): string {
  return test.replaceAll(/\s+/g, ' ').trim();
}

/** The text with one entry more; all other lines stay as they are. */
export function withEntry(text: string, token: string, test: string): string {
  const lines = text === '' ? [...header] : text.replace(/\n+$/, '').split('\n');
  return [...lines, `${token} ${lineName(test)}`, ''].join('\n');
}

/** The text without an entry; all other lines stay as they are. Empty if no line but comments is left. */
export function withoutEntry(text: string, token: string, test: string): string {
  const { entries } = parseEntries(text);
  const gone = new Set(
    entries.filter((one) => one.token === token && one.test === lineName(test)).map(({ line }) => line),
  );
  const left = text.split('\n').filter((_, index) => !gone.has(index + 1));
  return left.every((line) => line.trim() === '' || line.trimStart().startsWith('#')) ? '' : left.join('\n');
}
