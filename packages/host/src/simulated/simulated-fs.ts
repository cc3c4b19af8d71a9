import { AsyncResource } from 'node:async_hooks';
import type { Dirent } from 'node:fs';
import type { EventLoop } from '@timeloom/loop';
import { Dir } from './directory.ts';
import { abortError, systemError } from './errors.ts';
import { FileHandle } from './file-handle.ts';
import { Disk } from './fs-calls.ts';
import { OperationLane, Operations } from './operations.ts';
import type { FileFault, SimulatedIoSettings } from './options.ts';

type Args = readonly unknown[];
type Callback = (...results: unknown[]) => void;
type Settings = NonNullable<SimulatedIoSettings['fs']>;

const errors: readonly FileFault[] = ['EACCES', 'EBUSY', 'EIO', 'EMFILE', 'ENOSPC'];

/** What can go wrong with a call. */
function possibleFaults(name: string, [, data]: Args): readonly FileFault[] {
  if (name === 'exists' || name === 'close') return [];
  const mayBeShort = (name === 'read' || name === 'write') && ArrayBuffer.isView(data) && data.byteLength > 1;
  return mayBeShort ? [...errors, 'partial'] : errors;
}

/** `node:fs` as operations of a loop. Calls on one open file keep their order, others need not. */
export class SimulatedFs {
  /** True if the effects take place somewhere else than on the real disk. */
  readonly elsewhere: boolean;
  readonly #operations: Operations;
  readonly #disk: Disk;
  /** The files that are open, by descriptor. Those are the host's, and others in each run: names are not. */
  readonly #lanes = new Map<number, OperationLane>();
  #filesMet = 0;

  constructor(loop: EventLoop, settings: Settings) {
    this.elsewhere = settings.on !== null;
    this.#operations = new Operations(loop, settings);
    this.#disk = new Disk(loop, settings.on);
  }

  pending(): string[] {
    return this.#operations.pending();
  }

  sync(name: string, args: Args): unknown {
    return this.#disk.sync(name, args);
  }

  /** The program calls the real `Sync` function of that name. */
  around(name: string, args: Args, call: () => unknown): unknown {
    return this.#disk.around(name, args, call);
  }

  /** A piece of work on something that is open already, as an operation of its own. */
  #work<T>(label: string, lane: OperationLane, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#operations.start(label, lane, () => resolve(new Promise((settle) => settle(work()))));
    });
  }

  #openDir(path: unknown, entries: unknown): Dir {
    const label = `fs.Dir.read ${this.#disk.nameOf(path)}`;
    const lane = new OperationLane(label);
    return new Dir(String(path), entries as Dirent[], (work) => this.#work(label, lane, work));
  }

  /** `mkdtempSync` has made a folder. */
  noteTemporary(prefix: unknown, path: unknown): void {
    this.#disk.noteTemporary(prefix, path);
  }

  /** The form with a callback. */
  call(name: string, args: Args, callback: Callback): void {
    const inContext = AsyncResource.bind(callback);
    if (name === 'exists') this.#start(name, args, (_, exists) => inContext(exists === true));
    else
      this.#start(name, args, (error, ...results) => (error === null ? inContext(null, ...results) : inContext(error)));
  }

  /** The form of `node:fs/promises`. */
  promise(name: string, args: Args): Promise<unknown> {
    const onFile = args.map((arg) => (arg instanceof FileHandle ? arg.fd : arg));
    return new Promise((resolve, reject) => {
      this.#start(name, onFile, (error, result) => {
        if (error !== null) reject(error);
        else resolve(name === 'open' ? new FileHandle(this, result as number) : result);
      });
    });
  }

  /** The results that a callback would get, as an array. */
  results(name: string, args: Args): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.#start(name, args, (error, ...results) => (error === null ? resolve(results) : reject(error)));
    });
  }

  #start(name: string, args: Args, done: (error: unknown, ...results: unknown[]) => void): void {
    const [subject] = args;
    const lane = typeof subject === 'number' ? this.#laneOf(subject) : null;
    const label = `fs.${name} ${lane?.label ?? this.#disk.nameOf(subject)}`;
    this.#operations.start(label, lane, () => {
      let results: unknown[];
      try {
        results = this.#perform(label, name, args);
      } catch (error) {
        return done(error);
      }
      if (name === 'open') this.#lanes.set(results[0] as number, new OperationLane(this.#disk.nameOf(subject)));
      if (name === 'close') this.#lanes.delete(subject as number);
      if (name === 'opendir') results = [this.#openDir(subject, results[0])];
      done(null, ...results);
    });
  }

  #perform(label: string, name: string, args: Args): unknown[] {
    checkAborted(args);
    const fault = this.#operations.fault(label, possibleFaults(name, args));
    if (fault === 'partial') return this.#disk.performHalf(name, args);
    if (fault === null) return this.#disk.perform(name, args);
    throw Object.assign(systemError(fault, name, `'${String(args[0])}'`), { path: args[0] });
  }

  #laneOf(descriptor: number): OperationLane {
    let lane = this.#lanes.get(descriptor);
    if (lane === undefined) this.#lanes.set(descriptor, (lane = new OperationLane(`file ${++this.#filesMet}`)));
    return lane;
  }
}

/** An `AbortSignal` in the options counts when the operation completes. @throws Error as Node does. */
function checkAborted(args: Args): void {
  for (const arg of args) {
    const signal = (arg as { signal?: Partial<AbortSignal> } | null | undefined)?.signal;
    if (signal?.aborted === true) throw abortError(signal.reason);
  }
}
