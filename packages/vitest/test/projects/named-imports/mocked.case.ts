import { expect, it } from '@timeloom/vitest';
import { vi } from 'vitest';
import { resolve4 } from 'node:dns/promises';
import { readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import * as named from 'node:http';

vi.mock('node:dns/promises');
vi.mock('node:fs', () => ({ existsSync: () => 'of a mock' }));
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<object>()),
  readFile: () => Promise.resolve('of a mock'),
}));

it('what a test mocks is mocked', async () => {
  expect(await resolve4('localhost')).toBeUndefined();
  expect(existsSync('anything')).toBe('of a mock');
  expect(await readFile('anything')).toBe('of a mock');
  expect(vi.isMockFunction(writeFile)).toBe(false);
});

it('what is imported cannot be replaced', () => {
  expect(() => vi.spyOn(named, 'get')).toThrow(/^Cannot spy on export "get"/);
});
