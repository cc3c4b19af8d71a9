import vm from 'node:vm';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installHost, takeOver } from '../src/index.ts';
import { runVirtually } from './helpers.ts';

const newLoop = (): EventLoop => new EventLoop({ clock: new VirtualClock() });
const start = Date.UTC(2020, 0, 1);

/** What `code` gives in a context that is made now. */
function inContext<T>(code: string, sandbox?: object): T {
  return vm.runInContext(code, vm.createContext(sandbox)) as T;
}

describe('A context of node:vm that is made under a loop', () => {
  it('has the dates of the loop', async () => {
    const told = await runVirtually(
      async () => {
        const now = inContext<() => unknown[]>('() => [Date.now(), +new Date(), +new Date(Date()), +new Date(5)]');
        await new Promise((resolve) => setTimeout(resolve, 7000));
        return now();
      },
      { host: { now: start } },
    );
    expect(told).toEqual([start + 7000, start + 7000, start + 7000, 5]);
  });

  it('has a Date of its own kind', async () => {
    const kinds = await runVirtually(() =>
      inContext('[new Date() instanceof Date, new Date().constructor === Date, Date.name, Date.length]'),
    );
    expect(kinds).toEqual([true, true, 'Date', 7]);
    expect(await runVirtually(() => inContext<Date>('new Date()') instanceof Date)).toBe(false);
  });

  it('draws from the seed of the loop', async () => {
    const draw = (): Promise<number[]> =>
      runVirtually(() => [Math.random(), inContext<number>('Math.random()'), Math.random()], { loop: { seed: 5 } });
    const [first, second, third] = await draw();
    expect(new Set([first, second, third]).size).toBe(3);
    expect(await draw()).toEqual([first, second, third]);
  });

  it('formats the present of the loop', async () => {
    const formatted = await runVirtually(
      () => inContext('new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format()'),
      { host: { now: start } },
    );
    expect(formatted).toBe('1/1/2020');
  });

  it.runIf('Temporal' in globalThis)('has Temporal.Now of its own kind, on hosts that have it', async () => {
    const told = await runVirtually(
      () =>
        inContext(`[
          Temporal.Now.instant() instanceof Temporal.Instant,
          Temporal.Now.zonedDateTimeISO("UTC") instanceof Temporal.ZonedDateTime,
          Temporal.Now.instant().epochMilliseconds,
          Temporal.Now.plainDateISO("UTC").toString(),
        ]`),
      { host: { now: start } },
    );
    expect(told).toEqual([true, true, start, '2020-01-01']);
  });

  it('keeps following the loop that is installed, and the host while none is', () => {
    const restoreDispatchers = takeOver();
    onTestFinished(restoreDispatchers);
    const now = inContext<() => number>('const { now } = Date; now');
    const seen = [start, start + 1].map((ms) => {
      using _host = installHost(newLoop(), { now: ms });
      return now();
    });
    expect(seen).toEqual([start, start + 1]);
    expect(now()).toBeGreaterThan(start + 1);
  });

  it('has the dates of the loop also where it is made for one run of code', () => {
    using _host = installHost(newLoop(), { now: start });
    const script = new vm.Script('[Date.now(), typeof answer]');
    const sandbox = { answer: 42 };
    const runs = [
      () => vm.runInNewContext('[Date.now(), typeof answer]'),
      () => vm.runInNewContext('[Date.now(), typeof answer]', sandbox, 'a-file.js'),
      () => vm.runInNewContext('[Date.now(), typeof answer]', { answer: 1 }, { contextName: 'a name', timeout: 1000 }),
      () => script.runInNewContext(),
      () => script.runInNewContext(sandbox),
      () => script.runInNewContext({ answer: 2 }, { contextCodeGeneration: { strings: false } }),
    ];
    const given = ['undefined', 'number', 'number', 'undefined', 'number', 'number'];
    expect(runs.map((run) => run() as unknown)).toEqual(given.map((kind) => [start, kind]));
    expect([vm.isContext(sandbox), Object.keys(sandbox)]).toEqual([true, ['answer']]);
  });

  it('has its own options there', () => {
    using _host = installHost(newLoop(), { now: start });
    const options = { contextCodeGeneration: { strings: false } };
    expect(() => vm.runInNewContext('eval("1")', {}, options) as unknown).toThrow('Code generation from strings');
    expect(() => vm.runInNewContext('1', {}, { contextName: 5 as never }) as unknown).toThrow(TypeError);
    expect(() => vm.runInNewContext('1', 5) as unknown).toThrow(TypeError);
  });

  it.runIf('DONT_CONTEXTIFY' in (vm.constants ?? {}))('has them without a sandbox, on hosts that have that', () => {
    using _host = installHost(newLoop(), { now: start });
    const { DONT_CONTEXTIFY } = vm.constants as unknown as { DONT_CONTEXTIFY: object };
    expect(vm.runInNewContext('[Date.now(), Object.isFrozen(Object.freeze(globalThis))]', DONT_CONTEXTIFY)).toEqual([
      start,
      true,
    ]);
  });

  it('has what is left alone from the host', () => {
    const code = 'String(Math.random)';
    const before = inContext<string>(code);
    using _host = installHost(newLoop(), { now: start, only: ['Date'] });
    expect([inContext<number>('Date.now()'), inContext<string>(code)]).toEqual([start, before]);
  });

  it('keeps what it was given and cannot be replaced', async () => {
    const Given = (): string => 'a date';
    const made = await runVirtually(
      () => inContext<unknown[]>('[Date, Math.random()]', Object.freeze({ Date: Given })),
      {
        loop: { seed: 5 },
      },
    );
    expect(made).toEqual([Given, await runVirtually(() => Math.random(), { loop: { seed: 5 } })]);
  });

  it('has no key more', () => {
    using _host = installHost(newLoop(), { now: start });
    const sandbox = vm.createContext({ answer: 42 });
    expect(Object.keys(sandbox)).toEqual(['answer']);
    expect(vm.runInContext('Object.keys(globalThis)', sandbox)).toEqual(['answer']);
  });

  it('is not made anew from one that exists', () => {
    const own = (): number => 42;
    const context = vm.createContext({});
    vm.runInContext('Date.now = own', Object.assign(context, { own }));
    using _host = installHost(newLoop(), { now: start });
    expect(vm.runInContext('Date.now()', vm.createContext(context))).toBe(42);
  });
});

describe('vm.createContext', () => {
  it('looks like that of the host, and is that of the host again afterwards', () => {
    const { createContext } = vm;
    const host = installHost(newLoop());
    expect([vm.createContext === createContext, vm.createContext.name]).toEqual([false, 'createContext']);
    expect(() => Reflect.apply(vm.createContext, vm, [42])).toThrow(TypeError);
    host();
    expect(vm.createContext).toBe(createContext);
  });
});
