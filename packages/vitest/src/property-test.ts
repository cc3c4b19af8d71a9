import { AssertionError, type ProgramContext } from '@timeloom/explore/context';
import { installHost, type HostRestore } from '@timeloom/host';
import { checkFunction, show } from '@timeloom/loop';
import type { TestAPI, TestContext, TestOptions } from 'vitest';
import { pickOptions } from './arguments.ts';
import { loadedFirst } from './loading.ts';
import { placeOfCaller, pointedAt } from './place.ts';
import { optionsFor } from './settings.ts';
import { takeTurn } from './turns.ts';
import type { Handler } from './vitest-internals.ts';
import { vitestWork } from './vitest-work.ts';

/** What draws values of one kind: an Arbitrary of fast-check. */
export interface ArbitraryOf<T> {
  generate(random: never, bias: number | undefined): { readonly value_: T };
}

/** Options of `test.prop`: those of fast-check's `assert`, and how orders are drawn. */
export interface PropertyOptions {
  /** How many pairs of values and orders are tried; default 100. */
  readonly numRuns?: number | undefined;
  /** Equal seeds draw equal values and orders; default: that of the config, else a new one each time. */
  readonly seed?: number | undefined;
  /** What may be reordered; default `ready`. */
  readonly reorder?: 'ties' | 'ready' | 'free' | undefined;
  /** By how much timers may be late, in milliseconds; default 0. */
  readonly latenessMs?: number | undefined;
  /** Most differences from first in, first out that are drawn for a run, 1 to 1,000; default 4. */
  readonly maxDifferences?: number | undefined;
  /** Any other option of fast-check's `assert`. */
  readonly [option: string]: unknown;
}

type Context = ProgramContext & TestContext;
type ValuesOf<A extends readonly unknown[]> = { [K in keyof A]: A[K] extends ArbitraryOf<infer T> ? T : never };
type RecordOf<A> = { [K in keyof A]: A[K] extends ArbitraryOf<infer T> ? T : never };

/** Adds a property as a test. */
type AddProperty<P> = (name: string, property: P, options?: number | TestOptions) => void;

/** See {@link TimeloomTest.prop}. */
export interface PropertyTest {
  <A extends readonly [ArbitraryOf<unknown>, ...ArbitraryOf<unknown>[]]>(
    arbitraries: A,
    options?: PropertyOptions,
  ): AddProperty<(...args: [...ValuesOf<A>, Context]) => unknown>;
  <A extends Readonly<Record<string, ArbitraryOf<unknown>>>>(
    arbitraries: A,
    options?: PropertyOptions,
  ): AddProperty<(values: RecordOf<A>, context: Context) => unknown>;
}

const scheduleNames = ['reorder', 'latenessMs', 'maxDifferences'];

/** Makes `test.prop`, whose tests `add` adds. */
export function propertyTest(add: TestAPI): PropertyTest {
  return (arbitraries: object, options: PropertyOptions = {}) => {
    return (name: string, property: Handler, testOptions?: number | TestOptions) => {
      const place = placeOfCaller();
      fastCheck.ask();
      const run = async (context: TestContext): Promise<void> => {
        try {
          checkArbitraries(arbitraries);
          checkFunction('test.prop()', property);
        } catch (error) {
          // The test fails, and no other one of its file.
          throw pointedAt(error, place);
        }
        await checkProperty(arbitraries, options, property, context);
      };
      add(name, typeof testOptions === 'number' ? { timeout: testOptions } : (testOptions ?? {}), run);
    };
  };
}

function checkArbitraries(arbitraries: object): void {
  if (typeof arbitraries !== 'object' || arbitraries === null) {
    throw new TypeError(`test.prop() takes an array or an object of arbitraries, got ${show(arbitraries)}`);
  }
  for (const [name, arbitrary] of Object.entries(arbitraries)) {
    if (typeof (arbitrary as Partial<ArbitraryOf<unknown>> | null)?.generate === 'function') continue;
    throw new TypeError(`test.prop() takes arbitraries of fast-check, got ${show(arbitrary)} as ${show(name)}`);
  }
}

async function checkProperty(
  arbitraries: object,
  options: PropertyOptions,
  property: Handler,
  context: TestContext,
): Promise<void> {
  const { fc, schedules } = await fastCheck.get();
  const [ordering, parameters] = pickOptions(options, scheduleNames);
  const { seed, maxSteps, maxStepsPerInstant, now } = optionsFor(context.task.file, {});
  const orders = schedules({ ...ordering, maxSteps, maxStepsPerInstant });
  const values = (Array.isArray(arbitraries) ? arbitraries : [fc.record(arbitraries)]) as Arbitraries;
  const check = async (...args: unknown[]): Promise<void> => {
    const order = args.pop() as DrawnSchedule;
    let host: HostRestore | null = null;
    try {
      await order.run(async (program) => {
        host = installHost(program.loop, { keepAlive: true, now, processListeners: 'restore' });
        program.loop.holdWhile(vitestWork);
        const runContext = Object.assign(Object.create(context) as TestContext, program);
        const result = await (property as (...args: unknown[]) => unknown)(...args, runContext);
        if (result === false) throw new AssertionError('the property returned false');
      });
    } finally {
      (host as HostRestore | null)?.();
    }
  };
  const holds = Reflect.apply(fc.asyncProperty, null, [...values, orders, check]) as Property;
  const free = await takeTurn();
  try {
    await fc.assert(holds, { ...(typeof seed === 'number' ? { seed } : {}), ...parameters });
  } finally {
    free();
  }
}

type DrawnSchedule = import('@timeloom/explore/fast-check').DrawnSchedule;
type Arbitraries = readonly import('@fast-check/vitest').fc.Arbitrary<unknown>[];
type Property = import('@fast-check/vitest').fc.IAsyncProperty<unknown[]>;

type FastCheck = Pick<typeof import('@fast-check/vitest'), 'fc'> & typeof import('@timeloom/explore/fast-check');

/** Not every project has it. */
const fastCheck = loadedFirst(loadFastCheck);

async function loadFastCheck(): Promise<FastCheck> {
  try {
    const [{ fc }, { schedules }] = await Promise.all([
      import('@fast-check/vitest'),
      import('@timeloom/explore/fast-check'),
    ]);
    return { fc, schedules };
  } catch (cause) {
    throw new Error('test.prop() needs fast-check: npm install --save-dev fast-check @fast-check/vitest', { cause });
  }
}
