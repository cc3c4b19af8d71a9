export {
  afterAll,
  assert,
  aroundAll,
  aroundEach,
  beforeAll,
  describe,
  expect,
  expectTypeOf,
  inject,
  onTestFailed,
  onTestFinished,
  suite,
  vi,
} from 'vitest';
export { afterEach, beforeEach } from './hooks.ts';
export { LeakError } from './leaks.ts';
export type { ExplorationMeta, TimeloomMeta } from './meta.ts';
export type { LeakPolicy, SearchOptions, TimeloomOptions } from './options.ts';
export { SearchError } from './search-test.ts';
export { configure } from './settings.ts';
export { it, test } from './test.ts';
export type {
  SearchContext,
  SearchTestOptions,
  TimeloomTest,
  VirtualContext,
  VirtualTestOptions,
} from './test-types.ts';
