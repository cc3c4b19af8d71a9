import { setTimeout as namedSetTimeout, clearTimeout as namedClearTimeout } from 'node:timers';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { HostInstalledError, installHost, takeOver, type HostFeature } from '../src/index.ts';

const newLoop = (): EventLoop => new EventLoop({ clock: new VirtualClock() });

/** What is found on the host, for comparison. */
const hostState = (): unknown[] => [
  globalThis.setTimeout,
  globalThis.clearInterval,
  globalThis.setImmediate,
  globalThis.Date,
  Date.now,
  Date.prototype.constructor,
  performance.now,
  process.hrtime,
  namedSetTimeout,
  namedClearTimeout,
];

describe('installHost', () => {
  it('puts timers on the loop, and Date on its clock', async () => {
    const loop = newLoop();
    const restore = installHost(loop);
    const start = Date.now();
    const fired = await loop.runUntilComplete(
      () => new Promise((resolve) => void setTimeout(() => resolve(Date.now() - start), 60_000)),
    );
    restore();
    expect([fired, loop.time()]).toEqual([60_000, 60_000]);
  });

  it('puts everything back', () => {
    const before = hostState();
    const restore = installHost(newLoop());
    for (const [index, value] of hostState().entries()) expect(value).not.toBe(before[index]);
    restore();
    expect(hostState()).toEqual(before);
  });

  it('refuses a second loop, and the same one again', () => {
    const loop = newLoop();
    using _host = installHost(loop);
    expect(() => installHost(loop)).toThrow(HostInstalledError);
    expect(() => installHost(newLoop())).toThrow('Another loop is installed on the host');
  });

  it.each<[object, string]>([
    [{ only: ['setTimout'] }, 'only must name features of the host'],
    [{ except: 'Date' }, 'except must be an array of features, got "Date"'],
    [{ now: NaN }, 'now must be a finite number of milliseconds, got NaN'],
    [{ now: new Date('?') }, 'now must be a finite number of milliseconds, got NaN'],
    [{ keepAlive: 1 }, 'keepAlive must be true or false, got 1'],
    [{ sites: -1 }, 'sites must be a positive whole number or Infinity, got -1'],
  ])('refuses the options %j', (options, message) => {
    const before = hostState();
    expect(() => installHost(newLoop(), options)).toThrow(message);
    expect(hostState()).toEqual(before);
  });

  it('refuses what is no loop, and a closed one', () => {
    const closed = newLoop();
    closed.close();
    expect(() => installHost(null as never)).toThrow('loop must be an EventLoop, got null');
    expect(() => installHost(closed)).toThrow('Event loop is closed');
  });

  it('takes over what it is told to, and leaves the rest', () => {
    const only: HostFeature[] = ['Date'];
    const { setTimeout } = globalThis;
    using _host = installHost(newLoop(), { only });
    expect(globalThis.setTimeout).toBe(setTimeout);
    expect(new Date().toISOString()).toBe('2000-01-01T00:00:00.000Z');
  });
});

describe('takeOver', () => {
  it('stays across loops: what was kept goes on working', async () => {
    using _takenOver = takeOver();
    const { setTimeout, clearTimeout, performance } = globalThis;
    for (const delay of [10, 20]) {
      const loop = newLoop();
      using _host = installHost(loop);
      const start = performance.now();
      const elapsed = await loop.runUntilComplete(
        () =>
          new Promise((resolve) => {
            clearTimeout(setTimeout(() => resolve('cleared'), 5));
            namedSetTimeout(() => resolve(performance.now() - start), delay);
          }),
      );
      expect(elapsed).toBe(delay);
    }
  });

  it('leads to the host as long as no loop is installed', () => {
    using _takenOver = takeOver();
    const timer = setTimeout(() => {}, 0);
    expect([timer.hasRef(), typeof timer.refresh]).toEqual([true, 'function']);
    clearTimeout(timer);
    expect(Date.now()).toBeGreaterThan(Date.UTC(2024));
  });

  it('is refused twice', () => {
    using _takenOver = takeOver();
    expect(() => takeOver()).toThrow(HostInstalledError);
  });
});

describe('The host is put back', () => {
  const before = hostState();

  it('when a feature refuses its options after others are in place', () => {
    expect(() => installHost(newLoop(), { io: { places: 1 as never } })).toThrow(
      'io.places must be true or false, got 1',
    );
    expect(hostState()).toEqual(before);
    installHost(newLoop())();
  });

  it('after it was removed twice', () => {
    const restore = installHost(newLoop());
    restore();
    restore[Symbol.dispose]();
    expect(hostState()).toEqual(before);
  });

  it('although somebody else has patched it meanwhile', () => {
    const restore = installHost(newLoop());
    globalThis.setTimeout = (() => 0) as never;
    restore();
    expect(hostState()).toEqual(before);
  });

  it('in whatever order takeover and loop are removed', () => {
    const restoreTakeover = takeOver({ only: ['Date'] });
    const restoreHost = installHost(newLoop());
    restoreTakeover();
    restoreHost();
    expect(hostState()).toEqual(before);
  });

  it('and then a loop can be installed again', async () => {
    const loop = newLoop();
    installHost(loop)();
    using _host = installHost(loop);
    await loop.runUntilComplete(() => new Promise((resolve) => void setTimeout(resolve, 10)));
    expect(loop.time()).toBe(10);
  });
});
