import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineName, parseEntries, withEntry, withoutEntry } from '../src/regressions/entries.ts';

const tokens = fc.stringMatching(/^tl1_[A-Za-z0-9_-]{1,20}$/);
const names = fc
  .string({ minLength: 1 })
  .map(lineName)
  .filter((name) => name !== '');
const lines = fc.oneof(
  fc.constantFrom('', '# a comment', 'nonsense', 'tl1_', '<<<<<<< ours'),
  fc.tuple(tokens, names).map(([token, name]) => `${token} ${name}`),
);
const texts = fc.array(lines, { maxLength: 8 }).map((all) => all.join('\n'));

const pairs = (text: string): string[] => parseEntries(text).entries.map(({ token, test }) => `${token} ${test}`);

describe('A regression file', () => {
  it('has an entry once it was added, and all others as before', () => {
    fc.assert(
      fc.property(texts, tokens, names, (text, token, name) => {
        const changed = withEntry(text, token, name);
        expect(pairs(changed)).toEqual([...pairs(text), `${token} ${name}`]);
        expect(parseEntries(changed).corrupt.map((one) => one.text)).toEqual(
          parseEntries(text).corrupt.map((one) => one.text),
        );
      }),
    );
  });

  it('has not an entry once it was removed, and all others, and what cannot be read, as before', () => {
    fc.assert(
      fc.property(texts, tokens, names, (text, token, name) => {
        const changed = withoutEntry(withEntry(text, token, name), token, name);
        expect(pairs(changed)).toEqual(pairs(text).filter((pair) => pair !== `${token} ${name}`));
        expect(parseEntries(changed).corrupt.map((one) => one.text)).toEqual(
          parseEntries(text).corrupt.map((one) => one.text),
        );
      }),
    );
  });

  it('is empty without entries, and begins with what it is for', () => {
    const one = withEntry('', 'tl1_AA', 'a test');
    expect(one).toMatch(/^# Schedules that made searches/);
    expect(withoutEntry(one, 'tl1_AA', 'a test')).toBe('');
  });

  it('is read whatever its text is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { entries, corrupt } = parseEntries(text);
        expect(entries.length + corrupt.length).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
  });

  it('keeps the name of a test in one line', () => {
    expect(withEntry('', 'tl1_AA', 'two\nlines')).toContain('tl1_AA two lines\n');
  });
});
