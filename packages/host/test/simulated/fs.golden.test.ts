import fs, { createReadStream, createWriteStream, promises as fsPromises } from 'node:fs';
import { readFile as namedReadFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Volume } from 'memfs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotSimulatedError, type SimulatedFsOptions } from '../../src/index.ts';
import { takingLabel, withSimulation } from './helpers.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'timeloom-simulated-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What a program that uses files did and got. */
async function useFiles(root: string): Promise<unknown[]> {
  const at = (name: string): string => join(root, name);
  const log: unknown[] = [];
  const note = async (promise: Promise<unknown>): Promise<void> => {
    log.push(await promise.catch((error: NodeJS.ErrnoException) => `${error.code} ${error.syscall}`));
  };
  await note(fsPromises.mkdir(at('a/b'), { recursive: true }).then(() => 'made'));
  await note(fsPromises.mkdir(at('a')));
  await note(promisify(fs.writeFile)(at('a/file'), 'one\n'));
  await note(fsPromises.appendFile(at('a/file'), 'two\n'));
  await note(namedReadFile(at('a/file'), 'utf8'));
  await note(promisify(fs.readFile)(at('missing')));
  await note(fsPromises.copyFile(at('a/file'), at('a/copy')));
  await note(fsPromises.rename(at('a/copy'), at('a/renamed')));
  await note(fsPromises.symlink('renamed', at('a/link')));
  await note(fsPromises.readlink(at('a/link')));
  await note(fsPromises.readdir(at('a')).then((names) => names.toSorted()));
  const names: string[] = [];
  for await (const entry of await fsPromises.opendir(at('a'))) names.push(`${entry.name} ${entry.isDirectory()}`);
  log.push(names.toSorted());
  const opened = await promisify(fs.opendir)(at('a/b'));
  await note(opened.read());
  await note(new Promise((resolve) => opened.read((error, entry) => resolve([error, entry]))));
  await opened.close();
  await note(opened.close().catch((error: NodeJS.ErrnoException) => error.code));
  await note(
    fsPromises.opendir(at('missing')).then(
      () => 'opened',
      (error: NodeJS.ErrnoException) => error.code,
    ),
  );
  await note(fsPromises.stat(at('a/link')).then((stats) => [stats.isFile(), stats.size]));
  await note(fsPromises.lstat(at('a/link')).then((stats) => stats.isSymbolicLink()));
  await note(fsPromises.chmod(at('a/file'), 0o600));
  await note(fsPromises.utimes(at('a/file'), 1, 2));
  await note(fsPromises.stat(at('a/file')).then((stats) => [stats.mode & 0o777, stats.mtimeMs]));
  await note(fsPromises.truncate(at('a/renamed'), 3));
  await note(fsPromises.access(at('a/renamed')));
  await note(new Promise((resolve) => fs.exists(at('a/renamed'), resolve)));
  await note(promisify(fs.exists)(at('missing')));
  await note(fsPromises.rmdir(at('a')));
  await note(fsPromises.unlink(at('a/link')));
  await note(fsPromises.rm(at('a/renamed')));
  await note(fsPromises.mkdtemp(at('temporary-')).then((made) => made.length - at('temporary-').length));
  const handle = await fsPromises.open(at('a/handle'), 'w+');
  await note(handle.write('hello world', 0).then(({ bytesWritten }) => bytesWritten));
  await note(handle.read(Buffer.alloc(5), 0, 5, 6).then(({ bytesRead, buffer }) => [bytesRead, String(buffer)]));
  await note(handle.stat().then(({ size }) => size));
  await note(handle.truncate(5));
  await handle.close();
  await note(fsPromises.readFile(at('a/handle'), 'utf8'));
  const fd = await promisify(fs.open)(at('a/handle'), 'r');
  await note(
    promisify(fs.read)(fd, { buffer: Buffer.alloc(4) }).then(({ bytesRead, buffer }) => [bytesRead, String(buffer)]),
  );
  await promisify(fs.close)(fd);
  await pipeline(createReadStream(at('a/handle')), createWriteStream(at('a/piped')));
  await note(fsPromises.readFile(at('a/piped'), 'utf8'));
  await note(fsPromises.rm(at('a'), { recursive: true }));
  return log;
}

describe('Simulated files', () => {
  it('do on the real disk what the real functions do', async () => {
    const real = await useFiles(fs.mkdtempSync(join(folder, 'real-')));
    const root = fs.mkdtempSync(join(folder, 'simulated-'));
    const simulated = await withSimulation({ fs: true }, () => useFiles(root));
    expect(simulated).toEqual(real);
    expect(real).toContain('EEXIST mkdir');
  });

  it('do the same on a volume of memfs, and the Sync functions see it', async () => {
    const real = await useFiles(fs.mkdtempSync(join(folder, 'real-')));
    const volume = Volume.fromJSON({ '/root/there': 'yes' });
    const simulated = await withSimulation({ fs: { on: volume } }, async () => {
      expect(fs.readFileSync('/root/there', 'utf8')).toBe('yes');
      expect(fs.existsSync(folder)).toBe(false);
      return useFiles('/root');
    });
    const sameErrors = (log: unknown[]): unknown[] =>
      log.map((entry) => (/^E[A-Z]+ /.test(String(entry)) ? 'error' : entry));
    expect(sameErrors(simulated)).toEqual(sameErrors(real));
  });

  it('take effect when the search completes them, in any order', async () => {
    const root = fs.mkdtempSync(join(folder, 'order-'));
    const race = (): Promise<unknown[]> =>
      Promise.all([
        fsPromises.writeFile(join(root, 'file'), 'text').then(() => 'written'),
        fsPromises.readFile(join(root, 'file'), 'utf8').catch((error: NodeJS.ErrnoException) => error.code),
      ]);
    expect(await withSimulation({ fs: true }, race)).toEqual(['written', 'text']);
    fs.rmSync(join(root, 'file'));
    const scheduler = takingLabel(/^fs\.readFile/);
    expect(await withSimulation({ fs: true }, race, { scheduler })).toEqual(['written', 'ENOENT']);
    expect(scheduler.points).toContainEqual(['fs.writeFile file', 'fs.readFile file']);
  });

  it('keep the order of calls on one open file', async () => {
    const file = join(fs.mkdtempSync(join(folder, 'lane-')), 'file');
    const scheduler = { choose: ({ size }: { size: number }) => size - 1 };
    for (const latencyMs of [undefined, [0, 100] as const]) {
      const text = await withSimulation(
        { fs: { latencyMs } },
        async () => {
          const handle = await fsPromises.open(file, 'w');
          await Promise.all(['a', 'b', 'c', 'd'].map((letter) => handle.write(letter)));
          await handle.close();
          return fs.readFileSync(file, 'utf8');
        },
        { scheduler },
      );
      expect(text).toBe('abcd');
    }
  });

  it('take as long as the search draws', async () => {
    const timeOf = (option: number, options: SimulatedFsOptions): Promise<number> => {
      const scheduler = { choose: ({ size }: { size: number }) => Math.min(option, size - 1) };
      return withSimulation(
        { fs: options },
        async (loop) => {
          await fsPromises.stat('.');
          return loop.time();
        },
        { scheduler },
      );
    };
    expect(await timeOf(0, { latencyMs: [5, 20] })).toBe(5);
    expect(await timeOf(99, { latencyMs: [5, 20] })).toBe(20);
    expect(await timeOf(1, { latencyMs: [5, 20] })).toBe(6);
    expect(await timeOf(0, {})).toBe(0);
  });

  it('fail as the search draws, and no more often than allowed', async () => {
    const program = async (): Promise<unknown[]> => {
      const results: unknown[] = [];
      for (let i = 0; i < 3; i++)
        results.push(
          await fsPromises.stat(folder).then(
            () => 'ok',
            (error: NodeJS.ErrnoException) => error.code,
          ),
        );
      return results;
    };
    const faults = ['EIO', 'EMFILE'] as const;
    const run = (mostFaults: number | undefined, label: RegExp): Promise<unknown[]> =>
      withSimulation({ fs: { faults, mostFaults } }, program, { scheduler: takingLabel(label) });
    expect(await run(undefined, /EMFILE$/)).toEqual(['EMFILE', 'ok', 'ok']);
    expect(await run(2, /EIO$/)).toEqual(['EIO', 'EIO', 'ok']);
    expect(await run(0, /EIO$/)).toEqual(['ok', 'ok', 'ok']);
    expect(await withSimulation({ fs: { faults } }, program)).toEqual(['ok', 'ok', 'ok']);
  });

  it('read and write less than they are asked to, as the search draws; streams and writeFile do not mind', async () => {
    const program = async (): Promise<unknown[]> => {
      const handle = await fsPromises.open('/file', 'w+');
      const { bytesWritten } = await handle.write(Buffer.from('12345678'));
      const { bytesRead } = await handle.read(Buffer.alloc(4), { position: 0 });
      await handle.close();
      await pipeline(createReadStream('/text'), createWriteStream('/copy'));
      return [bytesWritten, bytesRead, await fsPromises.readFile('/copy', 'utf8')];
    };
    const run = (label: RegExp): Promise<unknown[]> => {
      const on = Volume.fromJSON({ '/text': 'a text' });
      const fsOptions: SimulatedFsOptions = { on, faults: ['partial'], mostFaults: Infinity };
      return withSimulation({ fs: fsOptions }, program, { scheduler: takingLabel(label) });
    };
    expect(await run(/^none of them$/)).toEqual([8, 4, 'a text']);
    expect(await run(/: partial$/)).toEqual([4, 2, 'a text']);
  });

  it('are named in traces without what is random in the names of temporary folders', async () => {
    const labelsOf = async (): Promise<[labels: string[], drawn: number]> => {
      const labels: string[] = [];
      const instruments = [{ stepStarted: ({ label }: { label: string }) => void labels.push(label) }];
      const drawn = await withSimulation(
        { fs: true },
        async (loop) => {
          await fsPromises.stat(await fsPromises.mkdtemp(join(folder, 'one-')));
          await fsPromises.stat(fs.mkdtempSync(join(folder, 'two-')));
          return loop.random();
        },
        { instruments },
      );
      return [labels.filter((label) => label.startsWith('fs.')), drawn];
    };
    const [labels, drawn] = await labelsOf();
    expect(labels).toEqual(['fs.mkdtemp one-', 'fs.stat one-XXXXXX', 'fs.stat two-XXXXXX']);
    // Now a folder of the name that is drawn first is there.
    expect(await labelsOf()).toEqual([labels, drawn]);
  });

  it('are named in traces without hashes, which may be those of where a module is', async () => {
    const labels: string[] = [];
    const instruments = [{ stepStarted: ({ label }: { label: string }) => void labels.push(label) }];
    const names = ['state.json.3141592653', 'cache-9f86d081884c7d65', 'log.12.facade', 'part-00042'];
    const look = async (): Promise<void> => {
      for (const name of names) await promisify(fs.exists)(join(folder, name));
    };
    await withSimulation({ fs: true }, look, { instruments });
    expect(labels.filter((label) => label.startsWith('fs.'))).toEqual([
      'fs.exists state.json.#',
      'fs.exists cache-#',
      'fs.exists log.12.facade',
      'fs.exists part-00042',
    ]);
  });

  it('are named in traces by their paths, whatever descriptor the host gives them', async () => {
    const file = join(fs.mkdtempSync(join(folder, 'names-')), 'file');
    const labelsOf = async (): Promise<string[]> => {
      const labels: string[] = [];
      const instruments = [{ stepStarted: ({ label }: { label: string }) => void labels.push(label) }];
      await withSimulation(
        { fs: true },
        async () => {
          const handle = await fsPromises.open(file, 'w');
          await handle.write('x');
          await handle.close();
          const fd = fs.openSync(file, 'r');
          await promisify(fs.fstat)(fd);
          await promisify(fs.close)(fd);
        },
        { instruments },
      );
      return labels.filter((label) => label.startsWith('fs.'));
    };
    const labels = await labelsOf();
    expect(labels).toEqual(['fs.open file', 'fs.write file', 'fs.close file', 'fs.fstat file 1', 'fs.close file 1']);
    const other = fs.openSync(file, 'r');
    expect(await labelsOf()).toEqual(labels);
    fs.closeSync(other);
  });

  it('keep AsyncLocalStorage in callbacks, and report what a callback throws to the loop', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage<string>();
    const reports: unknown[] = [];
    const seen = await withSimulation({ fs: true }, async (loop) => {
      loop.setExceptionHandler((_, { exception }) => reports.push(exception));
      fs.stat('.', () => {
        throw new Error('in a callback');
      });
      return storage.run('inherited', () => new Promise((resolve) => fs.stat('.', () => resolve(storage.getStore()))));
    });
    expect(seen).toBe('inherited');
    expect(reports).toEqual([new Error('in a callback')]);
  });

  it('can be aborted', async () => {
    const signal = AbortSignal.abort();
    const reading = withSimulation({ fs: true }, () => fsPromises.readFile(import.meta.filename, { signal }));
    await expect(reading).rejects.toMatchObject({
      name: 'AbortError',
      code: 'ABORT_ERR',
      cause: signal.reason as Error,
    });
  });

  it('say which functions they do not have', async () => {
    await withSimulation({ fs: true }, async () => {
      expect(() => fs.watch('.')).toThrow(NotSimulatedError);
      expect(() => fs.watchFile('.', () => {})).toThrow('fs.watchFile is not simulated');
    });
    fs.watch('.').close();
  });

  it('leave calls alone that do not come from a step of the loop', async () => {
    const volume = Volume.fromJSON({});
    let text = '';
    const outside = fs.promises.readFile(import.meta.filename, 'utf8');
    await withSimulation({ fs: { on: volume } }, async (loop) => {
      text = await loop.external(outside);
      await expect(fs.promises.readFile(import.meta.filename)).rejects.toThrow('ENOENT');
    });
    expect(text).toContain('this very text');
  });
});
