import { spawn } from 'node:child_process';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pause, withHost } from './helpers.ts';

const newCell = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

/** Sleeps, as code does that may not be asynchronous. */
const sleep = (ms: number): string => Atomics.wait(newCell(), 0, 0, ms);

/** The timeouts of those waits that the host itself is asked for from now on. */
function timeoutsOfHost(): unknown[] {
  const timeouts: unknown[] = [];
  const { wait } = Atomics;
  Atomics.wait = (...args: unknown[]) => {
    timeouts.push(args[3]);
    return Reflect.apply(wait, Atomics, args);
  };
  onTestFinished(() => void (Atomics.wait = wait));
  return timeouts;
}

describe('Atomics.wait with a timeout', { tags: ['host'] }, () => {
  it('takes its time on the clock, and none of the host where nobody can end it', async () => {
    const timeouts = timeoutsOfHost();
    const order: unknown[] = [];
    await withHost(async (loop) => {
      setTimeout(() => order.push(`timer at ${loop.time()}`), 20);
      const began = Date.now();
      order.push(sleep(5000), Date.now() - began);
      await pause(1);
    });
    expect(order).toEqual(['timed-out', 5000, 'timer at 5000']);
    expect(timeouts).toEqual([0]);
  });

  it('takes none if there is nothing to wait for, or no sense in it', async () => {
    await withHost(async (loop) => {
      expect(Atomics.wait(newCell(), 0, 1, 5000)).toBe('not-equal');
      expect(Atomics.wait(newCell(), 0, 0, -5000)).toBe('timed-out');
      expect(() => Atomics.wait(new Int32Array(1), 0, 0, 5000)).toThrow(TypeError);
      expect(() => Atomics.wait(newCell(), 7, 0, 5000)).toThrow(RangeError);
      expect(loop.time()).toBe(0);
    });
  });

  it('takes none if a worker ends it, and its time of both clocks if none does', async () => {
    const timeouts = timeoutsOfHost();
    const cell = newCell();
    const code = `
      const { workerData: cell } = require('node:worker_threads');
      while (Atomics.notify(cell, 0) === 0);
      setInterval(() => {}, 1e6);`;
    const seen = await withHost(async (loop) => {
      const worker = new Worker(code, { eval: true, workerData: cell });
      const woken = [Atomics.wait(cell, 0, 0, 30_000), loop.time()];
      const notWoken = [sleep(7), loop.time()];
      await worker.terminate();
      return [...woken, ...notWoken];
    });
    expect(seen).toEqual(['ok', 0, 'timed-out', 7]);
    expect(timeouts).toEqual([30_000, 7]);
  });

  it('takes its time of both clocks beside a process, for which it may wait', async () => {
    const timeouts = timeoutsOfHost();
    const time = await withHost(async (loop) => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { env: {} });
      sleep(7);
      const time = loop.time();
      child.kill();
      await new Promise((resolve) => void child.once('close', resolve));
      return time;
    });
    expect([time, ...timeouts]).toEqual([7, 7]);
  });

  it('takes its time on the clock in a context of node:vm too', async () => {
    const seen = await withHost(async (loop) => {
      const code = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)';
      return [vm.runInContext(code, vm.createContext()), loop.time()];
    });
    expect(seen).toEqual(['timed-out', 50]);
  });
});
