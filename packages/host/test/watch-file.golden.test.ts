import { AsyncLocalStorage } from 'node:async_hooks';
import fs, { mkdtempSync, rmSync, unwatchFile, watchFile, writeFileSync, type BigIntStats, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeadlockError, EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installHost } from '../src/index.ts';
import { pause, withHost } from './io/helpers.ts';

/** A path where no file is yet. */
function newPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'timeloom-watch-'));
  const path = join(directory, 'file');
  onTestFinished(() => {
    unwatchFile(path);
    rmSync(directory, { recursive: true });
  });
  return path;
}

/** Notes what a watcher tells: when, and how large the file is and was. */
function note(loop: EventLoop, told: unknown[]): (now: Stats | BigIntStats, before: Stats | BigIntStats) => void {
  return (now, before) => told.push([loop.time(), now.size, before.size]);
}

describe('fs.watchFile', { tags: ['host'] }, () => {
  it('looks at the file on the virtual clock', async () => {
    const path = newPath();
    writeFileSync(path, 'a');
    const told: unknown[] = [];
    await withHost(async (loop) => {
      watchFile(path, { interval: 1000 }, note(loop, told));
      await pause(2500);
      writeFileSync(path, 'ab');
      await pause(1000);
      rmSync(path);
      await pause(10_000);
    });
    expect(told).toEqual([
      [3000, 2, 1],
      [4000, 0, 2],
    ]);
  });

  it('looks every 5,007 ms unless it is told otherwise', async () => {
    const path = newPath();
    writeFileSync(path, 'a');
    const told: unknown[] = [];
    await withHost(async (loop) => {
      watchFile(path, note(loop, told));
      await pause(10);
      writeFileSync(path, 'ab');
      await pause(60_000);
    });
    expect(told).toEqual([[5007, 2, 1]]);
  });

  it.each([
    [false, 0, 3],
    [true, 0n, 3n],
  ])('tells once that there is no file, with bigint: %s, and then that there is', async (bigint, none, three) => {
    const path = newPath();
    const told: unknown[] = [];
    const kinds: unknown[] = [];
    await withHost(async (loop) => {
      const noted = note(loop, told);
      const listener = (now: Stats | BigIntStats, before: Stats | BigIntStats): void => {
        noted(now, before);
        kinds.push([now.mtime.getTime() === 0, now.isFile()]);
      };
      watchFile(path, { interval: 100, bigint } as { interval: number }, listener);
      await pause(1050);
      writeFileSync(path, 'abc');
      await pause(1000);
    });
    expect(told).toEqual([
      [0, none, none],
      [1100, three, none],
    ]);
    expect(kinds).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('tells all that watch the same file, in the context of the first, until they watch no more', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const context = new AsyncLocalStorage<string>();
    const told: unknown[] = [];
    await withHost(async () => {
      const one = (): unknown => told.push(`one, ${context.getStore()}`);
      context.run('first', () => watchFile(path, { interval: 100 }, one));
      context.run('second', () => watchFile(path, { interval: 100 }, () => told.push('two')));
      // The first look is under way, as in Node: what is written before it ends is no change.
      await pause(10);
      for (const text of ['a', 'ab', 'abc']) {
        writeFileSync(path, text);
        await pause(150);
        unwatchFile(path, text === 'a' ? one : undefined);
      }
    });
    expect(told).toEqual(['one, first', 'two', 'two']);
  });

  it('keeps nobody waiting if it is not persistent', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const waiting = withHost(async () => {
      watchFile(path, { persistent: false, interval: 100 }, () => {});
      await new Promise(() => {});
    });
    await expect(waiting).rejects.toThrow(DeadlockError);
  });

  it('is a leak until it ends', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const loop = new EventLoop({ clock: new VirtualClock() });
    const host = installHost(loop, { sites: 0 });
    onTestFinished(host);
    await loop.runUntilComplete(async () => {
      watchFile(path, { interval: 100 }, () => {});
      await pause(10);
    });
    expect(host.leaks()).toMatchObject([{ what: 'fs.watchFile', dueMs: 100 }]);
    await loop.runUntilComplete(async () => unwatchFile(path));
    expect(host.leaks()).toEqual([]);
  });

  it('refuses what Node refuses, in its words', async () => {
    const path = newPath();
    await withHost(async () => {
      for (const interval of [-1, 0.5, 2 ** 32, '1'])
        expect(() => watchFile(path, { interval: interval as number }, () => {})).toThrow(/interval/);
      expect(() => watchFile(path, undefined as never)).toThrow(/listener/);
      expect(() => watchFile(7 as never, () => {})).toThrow(/path|filename/);
    });
  });

  it('is the host’s own again when the host is given back', () => {
    const { watchFile: original } = fs;
    const host = installHost(new EventLoop({ clock: new VirtualClock() }));
    expect(fs.watchFile).not.toBe(original);
    host();
    expect(fs.watchFile).toBe(original);
  });
});
