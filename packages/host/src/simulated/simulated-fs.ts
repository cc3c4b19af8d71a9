import { AsyncResource } from 'node:async_hooks';
import type { Dirent } from 'node:fs';
import type { EventLoop } from '@timeloom/loop';
import { Dir } from './directory.ts';
import { abortError, systemError } from './errors.ts';
import { FileHandle } from './file-handle.ts';
import { Disk, labelOf } from './fs-calls.ts';
import { OperationLane, Operations } from './operations.ts';
import type { FileFault, SimulatedIoSettings } from './options.ts';

type Args = readonly unknown[];
type Callback = (...results: unknown[]) => void;
type Settings = NonNullable<SimulatedIoSettings['fs']>;

const faults: readonly FileFault[] = ['EACCES', 'EBUSY', 'EIO', 'EMFILE', 'ENOSPC'];

/** `node:fs` as operations of a loop. Calls on one open file keep their order, others need not. */
export class SimulatedFs {
  /** True if the effects take place somewhere else than on the real disk. */
  readonly elsewhere: boolean;
  readonly #operations: Operations;
  readonly #disk: Disk;
  readonly #lanes = new Map<number, OperationLane>();

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

  /** A piece of work on something that is open already, as an operation of its own. */
  #work<T>(label: string, lane: OperationLane, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#operations.start(label, lane, () => resolve(new Promise((settle) => settle(work()))));
    });
  }

  #openDir(path: unknown, entries: unknown): Dir {
    const label = labelOf('Dir.read', [path]);
    const lane = new OperationLane(label);
    return new Dir(String(path), entries as Dirent[], (work) => this.#work(label, lane, work));
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
    const label = labelOf(name, args);
    this.#operations.start(label, this.#laneOf(args[0]), () => {
      let results: unknown[];
      try {
        checkAborted(args);
        const fault = name === 'exists' || name === 'close' ? null : this.#operations.fault(label, faults);
        if (fault !== null) throw Object.assign(systemError(fault, name, `'${String(args[0])}'`), { path: args[0] });
        results = this.#disk.perform(name, args);
      } catch (error) {
        return done(error);
      }
      if (name === 'close') this.#lanes.delete(args[0] as number);
      if (name === 'opendir') results = [this.#openDir(args[0], results[0])];
      done(null, ...results);
    });
  }

  #laneOf(subject: unknown): OperationLane | null {
    if (typeof subject !== 'number') return null;
    let lane = this.#lanes.get(subject);
    if (lane === undefined) this.#lanes.set(subject, (lane = new OperationLane(`file ${subject}`)));
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
