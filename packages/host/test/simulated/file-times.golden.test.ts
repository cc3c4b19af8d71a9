import fs, { promises as fsPromises, type BigIntStats, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Volume } from 'memfs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSimulation } from './helpers.ts';

let folder: string;
let names = 0;
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'timeloom-file-times-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A file that is not there yet. */
const fresh = (): string => join(folder, `file ${++names}`);

/** Runs `main` with files of the real disk. All times are in seconds from the start. */
async function inSeconds<T>(main: (start: number) => Promise<T>): Promise<T> {
  return await withSimulation({ fs: true }, async () => await main(Date.now()));
}

const kinds = ['atime', 'mtime', 'ctime', 'birthtime'] as const;
const timesOf = (stats: Stats, start: number): Record<string, number> =>
  Object.fromEntries(kinds.map((kind) => [kind, (stats[`${kind}Ms`] - start) / 1000]));

describe('A file of the real disk, in virtual time', () => {
  it('is as old as the program has seen it become', async () => {
    const age = await inSeconds(async () => {
      const path = fresh();
      await fsPromises.writeFile(path, 'lock');
      await sleep(30_000);
      return Date.now() - (await fsPromises.stat(path)).mtimeMs;
    });
    expect(age).toBe(30_000);
  });

  it('tells when it was made, when it was written to, and when its mode or name changed', async () => {
    const [made, written, changed] = await inSeconds(async (start) => {
      const path = fresh();
      const seen: Record<string, number>[] = [];
      const look = async (name: string): Promise<number> => seen.push(timesOf(await fsPromises.stat(name), start));
      await sleep(1000);
      await fsPromises.writeFile(path, 'one');
      await look(path);
      await sleep(1000);
      await fsPromises.appendFile(path, 'two');
      await look(path);
      await sleep(1000);
      await fsPromises.chmod(path, 0o600);
      await sleep(1000);
      await fsPromises.rename(path, `${path} renamed`);
      await look(`${path} renamed`);
      return seen;
    });
    expect(made).toEqual({ atime: 1, mtime: 1, ctime: 1, birthtime: 1 });
    expect(written).toEqual({ atime: 1, mtime: 2, ctime: 2, birthtime: 1 });
    expect(changed).toEqual({ atime: 1, mtime: 2, ctime: 4, birthtime: 1 });
  });

  it('has the times that the program gives it', async () => {
    const [given, later] = await inSeconds(async (start) => {
      const path = fresh();
      await fsPromises.writeFile(path, '');
      await sleep(5000);
      await fsPromises.utimes(path, (start + 2000) / 1000, (start + 3000) / 1000);
      const stats = await fsPromises.stat(path);
      await sleep(5000);
      await fsPromises.writeFile(path, 'more');
      return [timesOf(stats, start), timesOf(await fsPromises.stat(path), start)];
    });
    expect(given).toEqual({ atime: 2, mtime: 3, ctime: 5, birthtime: 0 });
    expect(later).toMatchObject({ mtime: 10, ctime: 10, birthtime: 0 });
  });

  it('has them in every kind of call: of links, of open files, synchronous ones, with large integers', async () => {
    await inSeconds(async (start) => {
      const path = fresh();
      await sleep(2000);
      fs.writeFileSync(path, 'one');
      fs.symlinkSync(path, `${path} link`);
      await sleep(2000);
      const handle = await fsPromises.open(path, 'r+');
      await handle.write('two');
      expect(timesOf(await handle.stat(), start)).toMatchObject({ mtime: 4, birthtime: 2 });
      await handle.close();
      const sync = fs.statSync(path);
      expect(timesOf(sync, start)).toMatchObject({ mtime: 4, birthtime: 2 });
      expect([sync.mtime, sync.birthtime]).toEqual([new Date(start + 4000), new Date(start + 2000)]);
      expect(timesOf(fs.lstatSync(`${path} link`), start)).toMatchObject({ mtime: 2 });
      const large: BigIntStats = fs.statSync(path, { bigint: true });
      expect([large.mtimeMs, large.mtimeNs]).toEqual([BigInt(start + 4000), BigInt(start + 4000) * 1_000_000n]);
      const streamed = await new Promise<Stats>((resolve, reject) => {
        fs.createWriteStream(path)
          .on('close', () => fs.stat(path, (error, stats) => (error === null ? resolve(stats) : reject(error))))
          .end('three');
      });
      expect(timesOf(streamed, start)).toMatchObject({ mtime: 4, birthtime: 2 });
    });
  });

  it('is not changed by opening it, or making a folder that is there', async () => {
    await inSeconds(async (start) => {
      const path = fresh();
      await fsPromises.mkdir(path, { recursive: true });
      await fsPromises.writeFile(join(path, 'log'), '');
      await sleep(1000);
      await fsPromises.mkdir(path, { recursive: true });
      await (await fsPromises.open(join(path, 'log'), 'a')).close();
      expect(timesOf(await fsPromises.stat(path), start)).toMatchObject({ mtime: 0 });
      expect(timesOf(await fsPromises.stat(join(path, 'log')), start)).toMatchObject({ mtime: 0 });
      await sleep(1000);
      await (await fsPromises.open(join(path, 'log'), 'w')).close();
      expect(timesOf(await fsPromises.stat(join(path, 'log')), start)).toMatchObject({ mtime: 2 });
    });
  });

  it('makes its folder newer when it comes, and when it goes', async () => {
    await inSeconds(async (start) => {
      const path = fresh();
      const mtime = (): number => timesOf(fs.statSync(path), start)['mtime']!;
      await fsPromises.mkdir(path);
      await sleep(1000);
      await fsPromises.writeFile(join(path, 'one'), '');
      expect(mtime()).toBe(1);
      await sleep(1000);
      await fsPromises.appendFile(join(path, 'one'), 'more');
      await fsPromises.rm(join(path, 'another'), { force: true });
      expect(mtime()).toBe(1);
      await fsPromises.unlink(join(path, 'one'));
      expect(mtime()).toBe(2);
    });
  });

  it('that came before the run has the times of the disk, until it is changed', async () => {
    const path = fresh();
    fs.writeFileSync(path, 'before');
    fs.utimesSync(path, 1000, 2000);
    await inSeconds(async (start) => {
      expect((await fsPromises.stat(path)).mtimeMs).toBe(2_000_000);
      await sleep(1000);
      await fsPromises.writeFile(path, 'after');
      expect(timesOf(await fsPromises.stat(path), start)).toMatchObject({ mtime: 1, ctime: 1 });
    });
    expect(fs.statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 3_600_000);
  });

  it('that takes the place of one that is gone is a new one', async () => {
    await inSeconds(async (start) => {
      const path = fresh();
      for (let round = 0; round < 5; round++) {
        await fsPromises.writeFile(path, '');
        expect(timesOf(await fsPromises.stat(path), start)).toMatchObject({ birthtime: round });
        await fsPromises.rm(path);
        await sleep(1000);
      }
      expect(fs.statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    });
  });

  it('or of a volume in memory has the same ones', async () => {
    const volume = Volume.fromJSON({ '/folder/there': '' });
    const age = await withSimulation({ fs: { on: volume } }, async () => {
      await fsPromises.writeFile('/folder/file', '');
      await sleep(1000);
      return Date.now() - (await fsPromises.stat('/folder/file')).mtimeMs;
    });
    expect(age).toBe(1000);
  });
});
