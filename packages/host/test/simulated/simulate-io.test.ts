import fs, { promises as fsPromises, readFile as namedReadFile } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { EventLoop, LoopClosedError, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { HostInstalledError, simulateIo, takeOverIo, type SimulatedIoOptions } from '../../src/index.ts';

const newLoop = (): EventLoop => new EventLoop({ clock: new VirtualClock() });

/** Everything that may be replaced. */
const hostState = (): unknown[] => [
  namedReadFile,
  globalThis.fetch,
  ...[fs, fsPromises, http, https].map((object) => Object.getOwnPropertyDescriptors(object)),
];

describe('simulateIo', () => {
  it('puts everything back, also when it is removed twice', () => {
    const before = hostState();
    const restore = simulateIo(newLoop(), { fs: true });
    expect(fs.readFile).not.toBe((before[2] as { readFile: PropertyDescriptor }).readFile.value);
    expect(namedReadFile).toBe(fs.readFile);
    restore();
    restore();
    expect(hostState()).toEqual(before);
  });

  it('leaves in place what was taken over before, for the next run', async () => {
    const before = hostState();
    {
      using _ = takeOverIo();
      const { stat } = fsPromises;
      for (const code of ['ENOENT', 'EIO']) {
        const loop = newLoop();
        const error = Object.assign(new Error(code), { code });
        const on = {
          readFileSync: () => '',
          statSync: () => {
            throw error;
          },
        };
        using restore = simulateIo(loop, { fs: { on } });
        await expect(loop.runUntilComplete(() => stat('/missing'))).rejects.toBe(error);
        expect(restore.leaks()).toEqual([]);
      }
      expect((await stat('.')).isDirectory()).toBe(true);
      expect(takeOverIo).toThrow(HostInstalledError);
    }
    expect(hostState()).toEqual(before);
  });

  it('is refused twice at once, and on a loop that is closed', () => {
    const loop = newLoop();
    const restore = simulateIo(loop, {});
    expect(() => simulateIo(loop, {})).toThrow(HostInstalledError);
    expect(() => simulateIo(newLoop(), {})).toThrow('I/O is simulated already: restore it first');
    restore();
    loop.close();
    expect(() => simulateIo(loop, {})).toThrow(LoopClosedError);
    simulateIo(newLoop(), {})();
  });

  it('lists what has not completed', async () => {
    const loop = newLoop();
    const restore = simulateIo(loop, { fs: { latencyMs: [10, 10] }, fetch: () => new Response(), http: () => {} });
    await loop.runUntilComplete(() => {
      void fsPromises.stat('/folder/name');
      void fetch('http://service.test/path');
      http.get('http://service.test/').on('error', () => {});
    });
    expect(restore.leaks()).toEqual([
      { what: 'fs.stat name' },
      { what: 'GET service.test/path arrives' },
      { what: 'connection 1 to service.test:80' },
    ]);
    restore();
    expect(restore.leaks()).toHaveLength(3);
  });

  it('simulates nothing but what it is told to', async () => {
    const loop = newLoop();
    using _ = simulateIo(loop, { fetch: () => new Response('simulated') });
    const text = await loop.runUntilComplete(async () => {
      const response = await fetch('http://service.test/');
      return [await response.text(), (await loop.external(fsPromises.stat('.'))).isDirectory()];
    });
    expect(text).toEqual(['simulated', true]);
  });

  it.each<[string, unknown]>([
    ['options must be an object, got null', null],
    ['fs must be an object, got "yes"', { fs: 'yes' }],
    ['fs.on must be a file system with functions like readFileSync, got an object', { fs: { on: {} } }],
    ['fs.latencyMs must be [least, longest], got 5', { fs: { latencyMs: 5 } }],
    ['fs.latencyMs must be [least, longest] with 0 <= least <= longest, got [5, 1]', { fs: { latencyMs: [5, 1] } }],
    ['fs.latencyMs[1] must be a finite number of milliseconds, got Infinity', { fs: { latencyMs: [0, Infinity] } }],
    ['fs.faults must be an array, got "EIO"', { fs: { faults: 'EIO' } }],
    [
      'fs.faults must name faults (EACCES, EBUSY, EIO, EMFILE, ENOSPC, partial), got "reset"',
      { fs: { faults: ['reset'] } },
    ],
    ['fs.mostFaults must be a whole number of at least 0, got -1', { fs: { mostFaults: -1 } }],
    ['a callable object was expected by fetch.handler, got undefined', { fetch: {} }],
    [
      'fetch.faults must name faults (refused, reset, partial, timeout), got "EIO"',
      { fetch: { handler() {}, faults: ['EIO'] } },
    ],
    ['a callable object was expected by http.listener, got 7', { http: { listener: 7 } }],
  ])('refuses options: %s', (message, options) => {
    const before = hostState();
    expect(() => simulateIo(newLoop(), options as SimulatedIoOptions)).toThrow(message);
    expect(hostState()).toEqual(before);
    expect(() => simulateIo(7 as never, {})).toThrow('loop must be an EventLoop, got 7');
  });
});
