import type { ProgramContext } from '@timeloom/explore';
import type { TestAPI, TestContext, TestOptions } from 'vitest';
import type { PropertyTest } from './property-test.ts';
import type { SearchOptions, TimeloomOptions } from './options.ts';

/** What a test in virtual time gets, besides what vitest provides. */
export type VirtualContext = Pick<ProgramContext, 'loop' | 'io' | 'sleep'>;

/** What `test.explore` gives to each of its runs, besides what vitest provides. */
export type SearchContext = ProgramContext;

/** Options of `test`. */
export type VirtualTestOptions = TestOptions & TimeloomOptions;

/** Options of `test.explore`. */
export type SearchTestOptions = TestOptions & Omit<TimeloomOptions, 'explore'> & SearchOptions;

/** A `test` that takes more options than vitest's. */
interface OptionTest<O, C> {
  (name: string | Function, options: O, handler?: (context: C & TestContext) => unknown): void;
  readonly only: OptionTest<O, C>;
  readonly skip: OptionTest<O, C>;
  readonly todo: OptionTest<O, C>;
  readonly fails: OptionTest<O, C>;
  readonly concurrent: OptionTest<O, C>;
  readonly sequential: OptionTest<O, C>;
}

type Use<V> = (value: V) => Promise<void>;
type FixtureFunction<V, C> = (context: C, use: Use<V>) => Promise<void>;
interface FixtureOptions {
  readonly auto?: boolean;
  readonly injected?: boolean;
  readonly scope?: 'test' | 'worker' | 'file';
}
type FixtureOf<V, C> = V | FixtureFunction<V, C> | [V | FixtureFunction<V, C>, FixtureOptions];

/** A test in virtual time: vitest's `test`, and more. `X`: what fixtures add to the context. */
export type TimeloomTest<X = object> = {
  /** A `test` with fixtures, which are set up and cleaned up in the virtual time of the test. */
  extend<T extends object>(fixtures: {
    [K in keyof T]: FixtureOf<T[K], VirtualContext & X & Omit<T, K> & TestContext>;
  }): TimeloomTest<X & T>;
  /** Searches the orders in which a program may run for one in which it fails. */
  readonly explore: TestAPI<SearchContext & X> & OptionTest<SearchTestOptions, SearchContext & X>;
  /**
   * A property that holds for all values that fast-check draws, in all orders that it draws with them.
   * Both shrink together. Needs `@fast-check/vitest`.
   */
  readonly prop: PropertyTest;
  /** A test in real time: vitest's `test`. */
  readonly real: TestAPI<X>;
} & TestAPI<VirtualContext & X> &
  OptionTest<VirtualTestOptions, VirtualContext & X>;
