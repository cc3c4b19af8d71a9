import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The names that a module exports by name, types included. */
function exportedNames(source: string): string[] {
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, list]) => list!);
  return lists.flatMap((list) => list.split(',').map((name) => name.replace(/^\s*type /, '').trim())).filter(Boolean);
}

describe('The README', () => {
  it('names everything that the package exports', () => {
    const names = exportedNames(readFileSync(join(root, 'src/index.ts'), 'utf8'));
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
  });
});
