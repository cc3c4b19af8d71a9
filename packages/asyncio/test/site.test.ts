import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { describeSite } from '../src/site.ts';

const stackOf = (...places: readonly string[]): string =>
  ['Error', ...places.map((place) => `    at step (${place}:1:2)`)].join('\n');
const ours = (path: string): string => join(import.meta.dirname, '../..', path);

it('names the first place that is not of the library, wherever that lies', () => {
  const library = [ours('loop/src/kernel.ts'), pathToFileURL(ours('asyncio/dist/index.js')).href];
  const installed = ['/home/me/node_modules/@timeloom/loop/dist/index.js', 'node:internal/timers'];
  const stack = stackOf(...library, ...installed, '/home/me/shop.ts');
  expect(describeSite({ stack })).toBe('/home/me/shop.ts:1:2');
});

it.each(['/home/me/packages/loop/src/loop.ts', '/home/me/packages/asyncio/dist/index.js', ours('shop/src/shop.ts')])(
  'names the place of a user whose folders are named like those of the library: %s',
  (file) => {
    expect(describeSite({ stack: stackOf(ours('loop/src/kernel.ts'), file) })).toBe(`${file}:1:2`);
  },
);

it('names none where there is none', () => {
  expect(describeSite({ stack: stackOf(ours('loop/src/kernel.ts')) })).toBeUndefined();
  expect(describeSite(null)).toBeUndefined();
});
