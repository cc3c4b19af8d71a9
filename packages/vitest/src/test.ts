import type { TestAPI } from 'vitest';
import { pickOptions, readArguments } from './arguments.ts';
import { fixturesInTry, ownFixtures, provide } from './fixtures.ts';
import { afterEach, beforeEach } from './hooks.ts';
import { optionNames, type TimeloomOptions } from './options.ts';
import { placeOfCaller, pointedAt, type Place } from './place.ts';
import { propertyTest } from './property-test.ts';
import { searchNames, searchTestNames, searchWith } from './search-test.ts';
import { optionsFor, trySettings } from './settings.ts';
import type { TimeloomTest } from './test-types.ts';
import { takeOverHostForFile } from './takeover.ts';
import { registerTest, runInTry, tryOf, type TestMode } from './tries.ts';
import { TestRunner } from './vitest-api.ts';
import { assertionsOf, collectTest, standingIn, type Handler, type Test } from './vitest-internals.ts';

/** How the tests of one `test` are made. */
interface Kind {
  readonly mode: TestMode;
  /** Options that are not vitest's. */
  readonly options: readonly string[];
  /** What vitest is to call for the test's function. */
  wrap(handler: Handler, options: TimeloomOptions, place: Place): Handler;
}

const virtual: Kind = { mode: 'virtual', options: optionNames, wrap: handlerInTry };
const search: Kind = { mode: 'search', options: searchTestNames, wrap: searchWith };
const property: Kind = { mode: 'search', options: [], wrap: (handler) => handler };
const real: Kind = { mode: 'real', options: [], wrap: (handler) => handler };

function handlerInTry(handler: Handler, _: TimeloomOptions, place: Place): Handler {
  const body = handler as (context: unknown) => unknown;
  const takesContext = handler.length > 0;
  return (context: { task: Test }) => {
    const { task } = context;
    const run = async (): Promise<unknown> => {
      if (takesContext) provide(context, tryOf(task)!);
      const result = await body(context);
      const assertions = assertionsOf(task);
      if (assertions !== null) await assertions;
      return result;
    };
    return runInTry(task, 'test', run, place);
  };
}

/** A `test` of one kind, with everything that vitest's has. */
function makeTest(kind: Kind): TestAPI {
  function collect(this: object, name: unknown, second: unknown, third: unknown): void {
    takeOverHostForFile();
    const place = placeOfCaller();
    const { name: title, options: all, handler } = readArguments(name, second, third);
    const [own, options] = pickOptions(all, kind.options);
    let wrapped = handler;
    let settings = trySettings({}, 'error');
    try {
      const resolved = optionsFor(TestRunner.getCurrentSuite().file, ownOptions(own));
      settings = trySettings(resolved, 'error');
      if (handler !== undefined) wrapped = standingIn(kind.wrap(handler, resolved, place), handler);
    } catch (error) {
      // The test fails, and no other one of its file.
      wrapped = () => {
        throw pointedAt(error, place);
      };
    }
    registerTest(collectTest(this, title, options, wrapped), { mode: kind.mode, settings, place });
  }
  return TestRunner.createTaskCollector(collect);
}

/** The same with `loop`, `io` and `sleep` as fixtures, for those of the user to build on. */
function withOwnFixtures(test: TestAPI): TestAPI {
  return Reflect.apply(test.extend as Extend, test, [ownFixtures()]);
}

function ownOptions(own: Record<string, unknown>): TimeloomOptions {
  const [searching, others] = pickOptions(own, searchNames);
  return Object.keys(searching).length === 0 ? others : { ...others, explore: searching };
}

type Extend = (...args: unknown[]) => TestAPI;

/**
 * Puts the kinds together as one `test`.
 *
 * @param bases what `extend` extends; vitest wants names of fixtures to be destructured where there are any.
 */
function assemble(tests: readonly TestAPI[], bases: readonly TestAPI[]): TimeloomTest {
  const [main, searching, plain, properties] = tests;
  const extenders = bases.map(({ extend }) => extend as Extend);
  const extend = (...args: unknown[]): TimeloomTest => {
    const fixtures = fixturesInTry(args);
    const extended = bases.map((base, i) => Reflect.apply(extenders[i]!, base, fixtures));
    return assemble(extended, extended);
  };
  return Object.assign(main!, {
    extend,
    beforeEach,
    afterEach,
    explore: searching,
    prop: propertyTest(properties!),
    real: plain,
  }) as unknown as TimeloomTest;
}

takeOverHostForFile();

const kinds = [virtual, search, real, property];

/**
 * As vitest's `test`, in virtual time: on a loop of its own that the host's timers and clocks run on.
 * Nothing waits in real time, and a test that nothing can end fails at once.
 */
export const test: TimeloomTest = assemble(
  kinds.map(makeTest),
  kinds.map((kind) => withOwnFixtures(makeTest(kind))),
);
