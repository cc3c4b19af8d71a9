import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { describeSite } from '../src/timers/site.ts';

const stackOf = (...places: readonly string[]): string =>
  ['Error', ...places.map((place) => `    at step (${place}:1:2)`)].join('\n');
const ours = (path: string): string => join(import.meta.dirname, '../..', path);

it('names the first place that is not of the library, wherever that lies', () => {
  const library = [ours('host/src/timers/timeout.ts'), pathToFileURL(ours('host/dist/index.js')).href];
  const installed = ['/home/me/node_modules/@timeloom/host/dist/index.js', 'node:internal/timers'];
  const stack = stackOf(...library, ...installed, '/home/me/shop.ts');
  expect(describeSite({ stack })).toBe('/home/me/shop.ts:1:2');
});

it.each(['/home/me/packages/host/src/server.ts', 'C:\\me\\packages\\host\\dist\\index.js', ours('shop/src/shop.ts')])(
  'names the place of a user whose folders are named like ours: %s',
  (file) => {
    expect(describeSite({ stack: stackOf(ours('host/src/timers/timeout.ts'), file) })).toBe(`${file}:1:2`);
  },
);

it('names none where there is none', () => {
  expect(describeSite({ stack: stackOf(ours('host/src/timers/timeout.ts')) })).toBeUndefined();
  expect(describeSite(null)).toBeUndefined();
});
