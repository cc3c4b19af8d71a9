import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:fs';
import type { Interface } from 'node:readline';
import { nodeFs, nodeReadline } from '../realm.ts';
import type { SimulatedFs } from './simulated-fs.ts';

type Args = readonly unknown[];

/** What `fs.promises.open` gives when files are simulated: Node's FileHandle on operations of the loop. */
export class FileHandle extends EventEmitter {
  readonly #fs: SimulatedFs;
  #fd: number;
  #closing: Promise<void> | null = null;

  constructor(simulated: SimulatedFs, fd: number) {
    super();
    this.#fs = simulated;
    this.#fd = fd;
  }

  /** As Node's: -1 once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  async read(...args: Args): Promise<{ bytesRead: unknown; buffer: unknown }> {
    const [bytesRead, buffer] = await this.#fs.results('read', [this.#fd, ...args]);
    return { bytesRead, buffer };
  }

  async write(...args: Args): Promise<{ bytesWritten: unknown; buffer: unknown }> {
    const [bytesWritten, buffer] = await this.#fs.results('write', [this.#fd, ...args]);
    return { bytesWritten, buffer };
  }

  async readv(...args: Args): Promise<{ bytesRead: unknown; buffers: unknown }> {
    const [bytesRead, buffers] = await this.#fs.results('readv', [this.#fd, ...args]);
    return { bytesRead, buffers };
  }

  async writev(...args: Args): Promise<{ bytesWritten: unknown; buffers: unknown }> {
    const [bytesWritten, buffers] = await this.#fs.results('writev', [this.#fd, ...args]);
    return { bytesWritten, buffers };
  }

  readFile(...args: Args): Promise<unknown> {
    return this.#call('readFile', args);
  }

  writeFile(...args: Args): Promise<unknown> {
    return this.#call('writeFile', args);
  }

  appendFile(...args: Args): Promise<unknown> {
    return this.#call('appendFile', args);
  }

  stat(...args: Args): Promise<unknown> {
    return this.#call('fstat', args);
  }

  truncate(...args: Args): Promise<unknown> {
    return this.#call('ftruncate', args);
  }

  sync(): Promise<unknown> {
    return this.#call('fsync', []);
  }

  datasync(): Promise<unknown> {
    return this.#call('fdatasync', []);
  }

  chmod(...args: Args): Promise<unknown> {
    return this.#call('fchmod', args);
  }

  chown(...args: Args): Promise<unknown> {
    return this.#call('fchown', args);
  }

  utimes(...args: Args): Promise<unknown> {
    return this.#call('futimes', args);
  }

  close(): Promise<void> {
    if (this.#fd === -1) return this.#closing ?? Promise.resolve();
    const fd = this.#fd;
    this.#fd = -1;
    return (this.#closing = this.#fs.promise('close', [fd]).then(() => void this.emit('close')));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  createReadStream(options: object = {}): ReadStream {
    return this.#closedBy(nodeFs.createReadStream('', { ...options, fd: this.#fd }));
  }

  createWriteStream(options: object = {}): WriteStream {
    return this.#closedBy(nodeFs.createWriteStream('', { ...options, fd: this.#fd }));
  }

  readLines(options: object = {}): Interface {
    return nodeReadline().createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  #closedBy<S extends EventEmitter>(stream: S): S {
    stream.once('close', () => (this.#fd = -1));
    return stream;
  }

  #call(name: string, args: Args): Promise<unknown> {
    return this.#fs.promise(name, [this.#fd, ...args]);
  }
}
