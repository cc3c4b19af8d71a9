import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { codeOf, firstPlace } from '../src/place.ts';

const stackOf = (...places: readonly string[]): string =>
  ['Error', ...places.map((place) => `    at step (${place}:1:2)`)].join('\n');
const ours = (path: string): string => join(import.meta.dirname, '../..', path);
const isOurs = codeOf(pathToFileURL(ours('asyncio/src/site.ts')).href, ['asyncio', 'loop']);

it('The first place is the first that is not of the packages, wherever these lie', () => {
  const library = [ours('loop/src/kernel.ts'), pathToFileURL(ours('asyncio/dist/index.js')).href];
  const installed = ['/home/me/node_modules/@timeloom/loop/dist/index.js', 'node:internal/timers'];
  const stack = stackOf(...library, ...installed, '/home/me/shop.ts', '/home/me/main.ts');
  expect(firstPlace(stack, isOurs)).toBe('/home/me/shop.ts:1:2');
});

it.each([
  '/home/me/packages/loop/src/loop.ts',
  String.raw`C:\me\packages\asyncio\dist\index.js`,
  ours('shop/src/shop.ts'),
  ours('host/src/index.ts'),
])('A place in a folder that is named like those of the packages, or beside them, is not of them: %s', (file) => {
  expect(firstPlace(stackOf(ours('loop/src/kernel.ts'), file), isOurs)).toBe(`${file}:1:2`);
});

it('There is no place where all is of the packages, and without a stack', () => {
  expect(firstPlace(stackOf(ours('loop/src/kernel.ts')), isOurs)).toBeUndefined();
  expect(firstPlace(undefined, isOurs)).toBeUndefined();
});
