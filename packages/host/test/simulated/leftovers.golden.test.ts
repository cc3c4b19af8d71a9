import fs, { promises as fsPromises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSimulation } from './helpers.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'timeloom-leftovers-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Two runs of a program on the real disk: how they end, and the names of the warnings meanwhile. */
async function twice(program: () => Promise<unknown>): Promise<{ ends: unknown[]; codes: unknown[] }> {
  const codes: unknown[] = [];
  const listen = (warning: Error & { code?: string }): void => void codes.push(warning.code);
  process.on('warning', listen);
  const run = (): Promise<unknown> =>
    withSimulation({ fs: {} }, program).then(
      () => 'done',
      (error: NodeJS.ErrnoException) => error.code,
    );
  const ends = [await run(), await run()];
  // Warnings come with the next tick.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  return { ends, codes };
}

const random = (): string => join(folder, Math.random().toString(36).slice(2));

describe('What a run leaves on the real disk', { tags: ['host'] }, () => {
  it('is in nobody’s way if it was made with mkdtemp, or removed', async () => {
    const temporary = await twice(() => fsPromises.mkdtemp(join(folder, 'temporary-')));
    expect(temporary).toEqual({ ends: ['done', 'done'], codes: [] });
    const removed = await twice(async () => {
      const path = random();
      await fsPromises.mkdir(path);
      await fsPromises.rmdir(path);
    });
    expect(removed).toEqual({ ends: ['done', 'done'], codes: [] });
  });

  it('is not told from what the same run has made before', async () => {
    const lock = await twice(async () => {
      const path = random();
      await fsPromises.writeFile(path, '', { flag: 'wx' });
      const again = fsPromises.open(path, 'wx').finally(() => fs.rmSync(path));
      await again;
    });
    expect(lock).toEqual({ ends: ['EEXIST', 'EEXIST'], codes: [] });
  });

  it('is told once to who finds it, although no other name was ever drawn', async () => {
    expect(await twice(() => fsPromises.mkdir(random()))).toEqual({
      ends: ['done', 'EEXIST'],
      codes: ['TIMELOOM_FILE_OF_EARLIER_RUN'],
    });
    expect(await twice(async () => fs.closeSync(fs.openSync(`${random()}.lock`, 'wx')))).toEqual({
      ends: ['done', 'EEXIST'],
      codes: [],
    });
  });
});
