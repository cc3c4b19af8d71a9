import { basename } from 'node:path';
import { createRandom, type EventLoop } from '@timeloom/loop';
import { nodeFs } from '../realm.ts';
import { FileTimes } from './file-times.ts';
import { Leftovers } from './leftovers.ts';

type Args = readonly unknown[];
type AnyFunction = (...args: unknown[]) => unknown;

/** The real functions, taken before anything is replaced. */
const real: Record<string, unknown> = { ...nodeFs };

/** Functions of `node:fs` whose effect is that of their `Sync` form, with the same arguments. */
const plainCalls = [
  'access', 'appendFile', 'chmod', 'chown', 'close', 'copyFile', 'cp', 'fchmod', 'fchown', 'fdatasync', 'fstat',
  'fsync', 'ftruncate', 'futimes', 'lchown', 'link', 'lstat', 'lutimes', 'mkdir', 'open', 'readdir', 'readFile',
  'readlink', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'statfs', 'symlink', 'truncate', 'unlink', 'utimes',
  'writeFile',
]; // prettier-ignore

/** Functions of `node:fs` that are simulated, in their callback form. */
export const callbackCalls: readonly string[] = [
  ...plainCalls,
  'exists',
  'mkdtemp',
  'opendir',
  'read',
  'readv',
  'write',
  'writev',
];

/** Functions of `node:fs/promises` that are simulated. */
export const promiseCalls: readonly string[] = [...plainCalls, 'mkdtemp', 'opendir'];

/** Functions that no simulation stands for. */
export const unsimulatedCalls: readonly string[] = ['glob', 'openAsBlob', 'watch', 'watchFile'];

/** Which part of a buffer is read or written, and where in the file. */
interface Range {
  readonly offset?: number | null;
  readonly length?: number | null;
  readonly position?: number | bigint | null;
}

/** A file system as the simulation uses it. */
export class Disk {
  readonly #functions: Record<string, unknown>;
  /** Null elsewhere than on the real disk: there, files have times of the program's dates anyway. */
  readonly #times: FileTimes | null;
  /** Null elsewhere as well: the file system may be another one in each run. */
  readonly #leftovers: Leftovers | null;
  readonly #seed: EventLoop['seed'];
  /** For names that are in use already, other runs draw again: that is no part of what a program draws. */
  #random: (() => number) | null = null;
  /** Temporary folders by name, as labels call them. */
  #temporaries: Map<string, string> | null = null;

  /** @param on the file system of the effects; null for the real one. */
  constructor(loop: EventLoop, on: object | null) {
    this.#seed = loop.seed;
    this.#functions = (on ?? real) as Record<string, unknown>;
    this.#times = on === null ? new FileTimes() : null;
    this.#leftovers = on === null ? new Leftovers() : null;
  }

  /** Calls the `Sync` function of that name. */
  sync(name: string, args: Args): unknown {
    return this.around(name, args, () => this.#call(name, args));
  }

  #call(name: string, args: Args): unknown {
    const found = this.#functions[name];
    if (typeof found !== 'function') throw new TypeError(`The file system of simulateIo() has no ${name}`);
    return Reflect.apply(found as AnyFunction, this.#functions, args);
  }

  /** The program calls the real `Sync` function of that name. */
  around(name: string, args: Args, call: () => unknown): unknown {
    const timed = (): unknown => this.#timed(name, args, call);
    return this.#leftovers === null ? timed() : this.#leftovers.around(name, args, timed);
  }

  #timed(name: string, args: Args, call: () => unknown): unknown {
    return this.#times === null ? call() : this.#times.around(name, args, call);
  }

  /** The effect of the asynchronous function of that name. Gives what its callback gets, without the error. */
  perform(name: string, args: Args): unknown[] {
    switch (name) {
      case 'mkdtemp':
        return [this.#makeTemporary(String(args[0]))];
      case 'opendir':
        return [this.sync('readdirSync', [args[0], { ...(args[1] as object | undefined), withFileTypes: true }])];
      case 'read':
        return this.#read(args);
      case 'write':
      case 'readv':
      case 'writev':
        return [this.sync(`${name}Sync`, args), args[1]];
      default: {
        const result = this.sync(`${name}Sync`, args);
        return result === undefined ? [] : [result];
      }
    }
  }

  /** As {@link perform} of `read` or `write`, of the first half of what is asked for. */
  performHalf(name: string, [fd, data, ...range]: Args): unknown[] {
    const isOptions = typeof range[0] === 'object' && range[0] !== null;
    const options = (isOptions ? range[0] : { offset: range[0], length: range[1], position: range[2] }) as Range;
    const { byteLength } = data as NodeJS.ArrayBufferView;
    const offset = options.offset ?? 0;
    const length = Math.ceil((options.length ?? byteLength - offset) / 2);
    return [this.sync(`${name}Sync`, [fd, data, offset, length, options.position ?? null]), data];
  }

  #read([fd, ...rest]: Args): unknown[] {
    if (ArrayBuffer.isView(rest[0])) return [this.sync('readSync', [fd, ...rest]), rest[0]];
    const options = (rest[0] ?? {}) as { buffer?: NodeJS.ArrayBufferView };
    const buffer = options.buffer ?? Buffer.alloc(16_384);
    return [this.sync('readSync', [fd, buffer, options]), buffer];
  }

  /** A folder was made whose name may be another one in each run. */
  noteTemporary(prefix: unknown, path: unknown): void {
    (this.#temporaries ??= new Map()).set(lastPart(path), `${lastPart(prefix)}XXXXXX`);
  }

  /** What labels call a file: the same in each run. */
  nameOf(path: unknown): string {
    const name = lastPart(path);
    return this.#temporaries?.get(name) ?? name.replaceAll(longNumber, '#');
  }

  /** As `mkdtempSync`, with a name that depends only on the seed and on what is there already. */
  #makeTemporary(prefix: string): string {
    const random = (this.#random ??= createRandom(`mkdtemp ${this.#seed}`));
    for (;;) {
      const suffix = Array.from({ length: 6 }, () => letters[Math.floor(random() * letters.length)]).join('');
      try {
        const args = [prefix + suffix, 0o700];
        this.#timed('mkdirSync', args, () => this.#call('mkdirSync', args));
        this.noteTemporary(prefix, prefix + suffix);
        return prefix + suffix;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

/** The last part of a path: its folder may have another name in each run. */
const lastPart = (path: unknown): string => basename(path instanceof URL ? path.pathname : String(path));

/**
 * A long number in the name of a file is a hash, as a rule, and often one of where a module is, which is
 * another place when it is imported afresh, or of how often it was called, by all runs of a process.
 */
const longNumber = /\d{6,}|(?=[a-f]*\d)[\da-f]{8,}/gi;

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
