import { execFile } from 'node:child_process';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { EventLoop, LivelockError, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { installHost } from '../src/index.ts';
import { runVirtually } from './helpers.ts';

describe('Code that polls in immediates', () => {
  it('lets a timer come that it waits for', async () => {
    const seen = await runVirtually(async (now) => {
      const timer = { isOver: false };
      setTimeout(() => (timer.isOver = true), 30);
      while (!timer.isOver) await turn();
      return now();
    });
    expect(seen).toBe(30);
  });

  it('lets the clocks go on that it reads', async () => {
    const seen = await runVirtually(async (now) => {
      const start = Date.now();
      await new Promise<void>((resolve) => {
        const poll = (): unknown => (Date.now() - start < 20 ? setImmediate(poll) : resolve());
        poll();
      });
      return now();
    });
    expect(seen).toBe(20);
  });

  it('sees what real I/O has done, and the clock stands still meanwhile', async () => {
    const seen = await runVirtually(
      async (now) => {
        const child = { said: '' };
        execFile(process.execPath, ['-p', '"hello"'], (_, stdout) => (child.said = stdout));
        while (child.said === '') await turn();
        return { ...child, time: now() };
      },
      { loop: { maxStepsPerInstant: Infinity, maxSteps: Infinity } },
    );
    expect(seen).toEqual({ said: 'hello\n', time: 0 });
  });

  it('ends with LivelockError where fewer steps are allowed at one instant', async () => {
    const spins = runVirtually(
      async () => {
        for (;;) await turn();
      },
      { loop: { maxStepsPerInstant: 500 } },
    );
    await expect(spins).rejects.toThrow(LivelockError);
  });
});

describe('Turns of immediates', () => {
  it('take no time, up to a thousand in a row, and then a millisecond', async () => {
    const times = await runVirtually(async (now) => {
      const times: number[] = [];
      for (let i = 1; i <= 2001; i++) {
        await turn();
        if (i % 1000 < 2) times.push(now());
      }
      return times;
    });
    expect(times).toEqual([0, 0, 1, 1, 2]);
  });

  it('are counted, and not immediates', async () => {
    const passed = await runVirtually(async (now) => {
      await Promise.all(Array.from({ length: 5000 }, () => turn()));
      return now();
    });
    expect(passed).toBe(0);
  });

  it('are counted anew whenever time has passed', async () => {
    const passed = await runVirtually(async (now) => {
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 900; j++) await turn();
        await sleep(10);
      }
      return now();
    });
    expect(passed).toBe(50);
  });

  it('that let time pass stand among timers in the order in which they were made', async () => {
    const order = await runVirtually(async () => {
      const order: string[] = [];
      for (let i = 0; i < 1000; i++) await turn();
      setImmediate(() => order.push('immediate'));
      setTimeout(() => order.push('timer'), 1);
      await sleep(5);
      return order;
    });
    expect(order).toEqual(['immediate', 'timer']);
  });

  it('that let time pass can be cleared, and are listed once', async () => {
    const loop = new EventLoop({ clock: new VirtualClock() });
    const fired: string[] = [];
    using host = installHost(loop, { sites: 0 });
    await loop.runUntilComplete(async () => {
      for (let i = 0; i < 1000; i++) await turn();
      const late = setImmediate(() => fired.push('cleared'));
      expect(host.leaks()).toEqual([{ what: 'setImmediate', dueMs: 1, at: undefined }]);
      clearImmediate(late);
      expect(host.leaks()).toEqual([]);
      await sleep(5);
    });
    expect(fired).toEqual([]);
  });
});
