import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { watch as watchChanges } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pause, withHost } from './helpers.ts';

// Other systems tell of changes when they see fit, and not in the next poll.
const isTold = process.platform === 'linux';

/** A file in a directory of its own. */
function newFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'timeloom-watch-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'file');
  writeFileSync(path, 'a');
  return path;
}

/** Notes that it was called, once for all calls at one time: a system may tell of one change several times. */
function notedBy(log: unknown[], now: () => number): () => void {
  let last = -1;
  return () => {
    if (now() !== last) log.push(['change', (last = now())]);
  };
}

/** What is logged where a watched file is changed at 100 and at 110. */
async function changed(change: (path: string, log: unknown[]) => void): Promise<unknown[]> {
  const path = newFile();
  const log: unknown[] = [];
  await withHost(async (loop) => {
    const note = notedBy(log, () => loop.time());
    const watcher = watch(path, note);
    await pause(100);
    for (let i = 0; i < 2; i++) {
      change(path, log);
      await pause(10);
      log.push(['later', loop.time()]);
    }
    watcher.close();
  });
  return log;
}

describe.runIf(isTold)('fs.watch', { tags: ['host'] }, () => {
  it.each([
    ['of the program', (path) => writeFileSync(path, 'b')],
    [
      'of a process that has ended',
      (path) => execFileSync(process.execPath, ['-e', "fs.writeFileSync(process.argv[1], 'b')", path]),
    ],
  ] satisfies [string, (path: string) => void][])('tells of changes before time passes: %s', async (_, change) => {
    expect(await changed(change)).toEqual([
      ['change', 100],
      ['later', 110],
      ['change', 110],
      ['later', 120],
    ]);
  });

  it('tells of changes before the next turn of immediates', async () => {
    const log = await changed((path, log) => {
      writeFileSync(path, 'b');
      setImmediate(() => log.push('immediate'));
    });
    expect(log).toEqual([['change', 100], 'immediate', ['later', 110], ['change', 110], 'immediate', ['later', 120]]);
  });

  it('is heard as an iterable, too', async () => {
    const path = newFile();
    const log: unknown[] = [];
    await withHost(async (loop) => {
      const end = new AbortController();
      const note = notedBy(log, () => loop.time());
      const listening = (async () => {
        for await (const _ of watchChanges(path, { signal: end.signal })) note();
      })();
      await pause(100);
      writeFileSync(path, 'b');
      await pause(10);
      log.push(['later', loop.time()]);
      end.abort();
      await expect(listening).rejects.toThrow('aborted');
    });
    expect(log).toEqual([
      ['change', 100],
      ['later', 110],
    ]);
  });

  it('lets time pass while nothing changes, and keeps nobody who sleeps in Atomics.wait', async () => {
    const path = newFile();
    const time = await withHost(async (loop) => {
      const watcher = watch(path);
      await pause(1000);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_600_000);
      await pause(1000);
      watcher.close();
      return loop.time();
    });
    expect(time).toBe(3_602_000);
  });
});
