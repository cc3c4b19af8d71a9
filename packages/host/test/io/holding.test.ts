import { execFile } from 'node:child_process';
import fs from 'node:fs';
import crypto, { pbkdf2 } from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
import workerThreads, { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { DeadlockError, EventLoop, RealClock, UncontrolledAsyncError, VirtualClock } from '@timeloom/loop';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installHost, type HostOptions } from '../../src/index.ts';
import { pause, withHost } from './helpers.ts';

const newLoop = (): EventLoop => new EventLoop({ clock: new VirtualClock() });

/** All properties, those that it inherits too. */
function descriptorsOf(object: object): unknown[] {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return [Object.getOwnPropertyDescriptors(object), ...(prototype === null ? [] : descriptorsOf(prototype))];
}

describe('Real I/O', () => {
  it('is waited for although nobody is told of its end', async () => {
    const order: string[] = [];
    await withHost(async (loop) => {
      fs.readFile(import.meta.filename, () => order.push(`read at ${loop.time()}`));
      await pause(1000);
      order.push(`paused until ${loop.time()}`);
    });
    expect(order).toEqual(['read at 0', 'paused until 1000']);
  });

  it('keeps a deadlock from being declared until it ends', async () => {
    const text = await withHost(() => fs.promises.readFile(import.meta.filename, 'utf8'));
    expect(text).toContain('this very text');
    await expect(withHost(() => new Promise(() => {}))).rejects.toThrow(DeadlockError);
  });

  it('delivers to the loop what it is told in its callbacks, in the order and at the time of the clock', async () => {
    const order: string[] = [];
    const warnings: unknown[] = [];
    const { warn } = console;
    console.warn = (...data) => void warnings.push(data);
    await withHost(async (loop) => {
      const note = (what: string) => () => order.push(`${what} at ${loop.time()}`);
      await pause(100);
      const start = Date.now();
      await new Promise<void>((resolve) => {
        fs.stat('.', () => {
          setTimeout(note('timer'), 5);
          setImmediate(note('immediate'));
          process.nextTick(note('tick'));
          void Promise.resolve().then(note('microtask'));
          setTimeout(resolve, 10);
        });
      });
      order.push(`${Date.now() - start} ms later`);
    });
    console.warn = warn;
    expect(warnings).toEqual([]);
    expect(order).toEqual(['tick at 100', 'microtask at 100', 'immediate at 100', 'timer at 105', '10 ms later']);
  });

  it.each([
    ['work of the thread pool', (done: () => void) => pbkdf2('password', 'salt', 1000, 20, 'sha256', done)],
    [
      'a message',
      (done: () => void) => {
        const { port1, port2 } = new MessageChannel();
        port1.once('message', () => {
          port1.close();
          done();
        });
        port2.postMessage('message');
      },
    ],
  ])('is not silent, be it %s, because this thread itself is busy for long', async (_, begin) => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    // The work ends meanwhile, and nobody hears of it.
    const busy = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
    const ended = await withHost(
      async () => {
        let ended = false;
        fs.stat('.', busy);
        begin(() => (ended = true));
        await pause(1000);
        return ended;
      },
      { io: { patienceMs: 100 } },
    );
    process.off('warning', listen);
    expect({ ended, warnings }).toEqual({ ended: true, warnings: [] });
  });

  it('is an error where nothing uncontrolled is allowed', async () => {
    const loop = new EventLoop({ clock: new VirtualClock(), uncontrolled: 'error' });
    const restore = installHost(loop);
    const stat = new Promise<void>((resolve) => fs.stat('.', () => resolve()));
    const run = loop.runUntilComplete(() => stat.then(() => pause(5)));
    await expect(run).rejects.toThrow(UncontrolledAsyncError);
    restore();
  });

  it('does not hold a real clock', async () => {
    const loop = new EventLoop({ clock: new RealClock() });
    const restore = installHost(loop);
    const first = await loop.runUntilComplete(() =>
      Promise.race([
        pause(1).then(() => 'timer'),
        new Promise((resolve) => void execFile(process.execPath, ['-v'], () => resolve('process'))),
      ]),
    );
    restore();
    expect(first).toBe('timer');
  });

  it('leaves nothing behind when the host is restored', async () => {
    const { WebAssembly: webAssembly } = globalThis as unknown as { WebAssembly: object };
    const objects = [workerThreads, crypto, globalThis.crypto.subtle, dns, dns.promises, fs, fs.promises, webAssembly];
    const classes = [
      dns.Resolver,
      zlib.Gzip,
      dgram.Socket,
      net.Socket,
      net.Server,
      Worker,
      MessagePort,
      BroadcastChannel,
    ];
    const all = [...objects, ...classes.map(({ prototype }) => prototype as object)];
    const state = (): unknown[] => all.map(descriptorsOf);
    const before = state();
    const restore = installHost(newLoop());
    expect(state()).not.toEqual(before);
    restore();
    expect(state()).toEqual(before);
  });

  it('is not waited for if the feature is left out', async () => {
    const first = await withHost(
      () =>
        Promise.race([
          new Promise((resolve) => void execFile(process.execPath, ['-v'], () => resolve('process'))),
          pause(30_000).then(() => 'timer'),
        ]),
      { except: ['io'] },
    );
    expect(first).toBe('timer');
  });

  it('of a process that cannot be started, or of a function that throws, is over', async () => {
    const time = await withHost(
      async (loop) => {
        await new Promise<void>((resolve) => void execFile('/no/such/program', () => resolve()));
        expect(() => pbkdf2('', '', -1, 1, 'sha1', () => {})).toThrow(RangeError);
        await pause(5);
        return loop.time();
      },
      { io: { patienceMs: Infinity } },
    );
    expect(time).toBe(5);
  });

  it('of a worker that was unref’d, or has answered, does not hold the clock', async () => {
    const started = (code: string): Worker => {
      const worker = new Worker(code, { eval: true });
      // Behind the loop, so it ends also where the test has not.
      onTestFinished(async () => void (await worker.terminate()));
      return worker;
    };
    const time = await withHost(
      async (loop) => {
        started("require('node:worker_threads').parentPort.on('message', () => {})").unref();
        const answering = "require('node:worker_threads').parentPort.postMessage(1), setTimeout(() => {}, 1e6)";
        await new Promise((resolve) => void started(answering).once('message', resolve));
        await pause(5);
        return loop.time();
      },
      { io: { patienceMs: Infinity } },
    );
    expect(time).toBe(5);
  });

  it('that is left at the end is reported, with its place if asked for', async () => {
    const leaksOf = async (options: HostOptions): Promise<unknown> => {
      const loop = newLoop();
      const restore = installHost(loop, options);
      await loop.runUntilComplete(() => {
        fs.stat('.', () => {});
        pbkdf2('', '', 1000, 1, 'sha1', () => {});
      });
      restore();
      return restore.leaks();
    };
    expect(await leaksOf({})).toEqual([{ what: 'crypto.pbkdf2' }, { what: 'fs request' }]);
    const here = expect.stringMatching(/holding\.test\.ts:\d+:\d+$/) as string;
    expect(await leaksOf({ io: { places: true } })).toEqual([
      { what: 'crypto.pbkdf2', at: here },
      { what: 'fs request', at: here },
    ]);
  });
});

describe('Options of real I/O', () => {
  it.each<[unknown, string]>([
    [7, 'io must be an object, got 7'],
    [{ patienceMs: -1 }, 'io.patienceMs must be at least 0, got -1'],
    [{ patienceMs: '1' }, 'io.patienceMs must be a number of milliseconds, got "1"'],
    [{ quietMs: Infinity }, 'io.quietMs must be a finite number of milliseconds, got Infinity'],
    [{ places: 1 }, 'io.places must be true or false, got 1'],
  ])('%j is refused, and nothing stays installed', (io, message) => {
    const before = globalThis.setTimeout;
    expect(() => installHost(newLoop(), { io: io as never })).toThrow(message);
    expect(globalThis.setTimeout).toBe(before);
    installHost(newLoop())();
  });
});
