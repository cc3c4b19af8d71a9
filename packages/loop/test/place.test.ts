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

it.each(['/home/me/50% of it/shop.ts', '/home/me/#1/shöp.ts', '/home/me/%41/shop.ts', '/home/me/(shop)/page (1).ts'])(
  'A place is where the file is, whether the host names its path or its URL: %j',
  (file) => {
    expect(firstPlace(stackOf(file), isOurs)).toBe(`${file}:1:2`);
    expect(firstPlace(stackOf(pathToFileURL(file).href), isOurs)).toBe(`${file}:1:2`);
  },
);

it('Code of ours is told in such a folder', () => {
  const own = codeOf(pathToFileURL('/50% of #1/packages/loop/dist/index.js').href, ['loop']);
  expect(own('/50% of #1/packages/loop/src/kernel.ts:1:2')).toBe(true);
});

it('A URL that is none is shown as it is', () => {
  expect(firstPlace(stackOf('file:///50% of it/shop.ts'), isOurs)).toBe('/50% of it/shop.ts:1:2');
});

it.each([
  ['    at /home/me/(shop)/page.ts:1:2', '/home/me/(shop)/page.ts:1:2'],
  ['    at async Cart.pay [as run] (/home/me/shop.ts:1:2)', '/home/me/shop.ts:1:2'],
  ['    at async file:///home/me/shop.ts:1:2', '/home/me/shop.ts:1:2'],
  [String.raw`    at new Cart (C:\me\shop.ts:1:2)`, String.raw`C:\me\shop.ts:1:2`],
  ['    at Cart.pay(now) (/home/me/(shop)/page (1).ts:1:2)', '/home/me/(shop)/page (1).ts:1:2'],
  ['    at eval (eval at pay (/home/me/shop.ts:1:2), <anonymous>:3:4)', undefined],
  ['    at async Promise.all (index 0)', undefined],
])('The place of %j', (line, place) => {
  expect(firstPlace(`Error\n${line}`, isOurs)).toBe(place);
});
