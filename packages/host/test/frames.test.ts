import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runVirtually } from './helpers.ts';

interface Browser {
  requestAnimationFrame?: (callback: (now: number) => void) => number;
  cancelAnimationFrame?: (id: number) => void;
  requestIdleCallback?: (callback: (deadline: { timeRemaining(): number }) => void) => number;
  cancelIdleCallback?: (id: number) => void;
}

const browser = globalThis as Browser;
const real = (): number => 0;

/** Node has none of these: they stand for those of a simulated browser. */
beforeEach(() => {
  Object.assign(browser, {
    requestAnimationFrame: real,
    cancelAnimationFrame: real,
    requestIdleCallback: real,
    cancelIdleCallback: real,
  });
});

afterEach(() => {
  delete browser.requestAnimationFrame;
  delete browser.cancelAnimationFrame;
  delete browser.requestIdleCallback;
  delete browser.cancelIdleCallback;
});

describe('requestAnimationFrame', () => {
  it('calls back in frames of 16 ms, with the time of performance.now()', async () => {
    const frames = await runVirtually(async () => {
      const frames: number[] = [];
      const frame = (now: number): void => {
        frames.push(now, performance.now());
        if (frames.length < 6) browser.requestAnimationFrame!(frame);
      };
      await sleep(5);
      browser.requestAnimationFrame!(frame);
      await sleep(100);
      return frames;
    });
    expect(frames).toEqual([1008, 1008, 1024, 1024, 1040, 1040]);
  });

  it('is cancelled by its number, also by an earlier callback of the frame', async () => {
    const called = await runVirtually(async () => {
      const called: string[] = [];
      browser.cancelAnimationFrame!(browser.requestAnimationFrame!(() => called.push('never')));
      browser.requestAnimationFrame!(() => {
        called.push('first');
        browser.cancelAnimationFrame!(second);
      });
      const second = browser.requestAnimationFrame!(() => called.push('second'));
      browser.cancelAnimationFrame!(12_345);
      await sleep(50);
      return called;
    });
    expect(called).toEqual(['first']);
  });
});

describe('requestIdleCallback', () => {
  it('calls back when the loop has nothing else to do', async () => {
    const called = await runVirtually(async (now) => {
      const called: unknown[] = [];
      browser.requestIdleCallback!((deadline) => called.push(['idle', now(), deadline.timeRemaining()]));
      browser.cancelIdleCallback!(browser.requestIdleCallback!(() => called.push('never')));
      setImmediate(() => called.push('immediate'));
      await sleep(10);
      return called;
    });
    expect(called).toEqual(['immediate', ['idle', 1, 50]]);
  });
});
