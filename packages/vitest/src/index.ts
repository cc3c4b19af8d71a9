// A test file imports this package in the place of vitest.
export * from 'vitest';
export { afterEach, beforeEach } from './hooks.ts';
export { LeakError } from './leaks.ts';
export { recordTrace, type TimeloomMatchers } from './matchers/index.ts';
export type { ExplorationMeta, TimeloomMeta } from './meta.ts';
export type { LeakPolicy, SearchOptions, TimeloomOptions } from './options.ts';
export type { ArbitraryOf, PropertyOptions, PropertyTest } from './property-test.ts';
export { SearchError } from './search-test.ts';
export { configure } from './settings.ts';
export { test, test as it } from './test.ts';
export type {
  SearchContext,
  SearchTestOptions,
  TimeloomTest,
  VirtualContext,
  VirtualTestOptions,
} from './test-types.ts';
