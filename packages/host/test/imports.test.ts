import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const sources = join(import.meta.dirname, '../src');
const replaced =
  /^import (?!type)[^;]*'node:(?:crypto|(?:dns|fs|readline|timers)(?:\/promises)?|https?|process|vm|worker_threads)'/m;

it('No module imports what is replaced: in a context of node:vm that would fix what all others import', () => {
  // What runs in workers is one file of CommonJS, before any context.
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!in-worker)\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => replaced.test(readFileSync(join(sources, file), 'utf8')))).toEqual([]);
});
