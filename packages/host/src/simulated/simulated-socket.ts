import type { AsyncResource } from 'node:async_hooks';
import { Duplex } from 'node:stream';
import type { TimerHandle } from '@timeloom/loop';
import { systemError } from './errors.ts';
import { OperationLane, type Operations } from './operations.ts';

// The system gives up connecting after about that time.
const connectTimeoutMs = 127_000;

type Done = (error?: Error | null) => void;

/** What both ends of a connection are made with. */
export interface ConnectionOptions {
  readonly operations: Operations;
  /** Name in traces, e.g. `connection 1 to db:80`. */
  readonly name: string;
  readonly port: number;
  /** True if it stands for a connection of TLS. */
  readonly secure: boolean;
}

/**
 * One end of a connection inside the process. What one end writes is an operation that completes when the
 * other has it; each direction is a lane. Has of `net.Socket` what HTTP uses.
 */
abstract class SimulatedSocket extends Duplex {
  readonly remoteAddress: string = '127.0.0.1';
  readonly remoteFamily: string = 'IPv4';
  readonly encrypted: boolean;
  readonly authorized: boolean;
  /** As that of `net.Socket`: the idle time after which it emits `timeout`; 0 for never. */
  timeout = 0;
  /** The other end. */
  peer!: SimulatedSocket;
  protected readonly connection: ConnectionOptions;
  readonly #lane: OperationLane;
  readonly #direction: string;
  // Code that is called by a delivery sees the AsyncLocalStorage that the end was made in.
  readonly #context: AsyncResource;
  readonly #cancels = new Set<() => void>();
  #idle: TimerHandle | null = null;
  #atEnd = false;
  #whenRead: (() => void) | null = null;

  constructor(connection: ConnectionOptions, direction: string, context: AsyncResource) {
    super({ allowHalfOpen: true });
    this.connection = connection;
    this.encrypted = connection.secure;
    this.authorized = connection.secure;
    this.#direction = `${connection.name} ${direction}`;
    this.#lane = new OperationLane(this.#direction);
    this.#context = context;
  }

  /** Calls `action` as soon as the connection is there. */
  protected abstract whenConnected(action: () => void): void;

  /** Begins an operation, which ends with the connection. */
  protected start(label: string, complete: () => void): void {
    const cancel = this.connection.operations.start(label, this.#lane, () => {
      this.#cancels.delete(cancel);
      complete();
    });
    this.#cancels.add(cancel);
  }

  // ---------------------------------------------------------------- the stream

  override _read(): void {
    const whenRead = this.#whenRead;
    this.#whenRead = null;
    whenRead?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    this.whenConnected(() => this.start(this.#direction, () => this.#deliver(chunk, done)));
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', done);
  }

  override _final(done: Done): void {
    this.whenConnected(() => {
      this.start(`${this.#direction} ends`, () => {
        this.peer.#receive(null);
        done();
      });
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#idle?.cancel();
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    const { peer, connection } = this;
    if (!peer.destroyed && !connection.operations.loop.isClosed()) {
      connection.operations.start(`${this.#direction} closes`, this.#lane, () => peer.#receive(null));
    }
    done(error);
  }

  #deliver(chunk: Buffer, done: Done): void {
    const fault = this.connection.operations.fault(this.#direction, ['reset', 'partial', 'timeout']);
    if (fault === 'timeout') return;
    if (fault === null) {
      this.#touch();
      if (this.peer.#receive(chunk)) done();
      else this.peer.#whenRead = done;
      return;
    }
    if (fault === 'reset') return this.#breakBoth();
    this.peer.#receive(chunk.subarray(0, chunk.length >> 1));
    this.start(`${this.#direction} breaks`, () => this.#breakBoth());
  }

  #breakBoth(): void {
    this.peer.#break();
    this.#break();
  }

  /** What the other end sent, null for its end. False if that is enough for now. */
  #receive(chunk: Buffer | null): boolean {
    if (this.#atEnd || this.destroyed) return true;
    this.#atEnd = chunk === null;
    this.#touch();
    return this.#context.runInAsyncScope(() => this.push(chunk));
  }

  #break(): void {
    this.#context.runInAsyncScope(() => this.destroy(systemError('ECONNRESET', 'read')));
  }

  /** Runs `action` where the end was made. */
  protected inContext(action: () => void): void {
    this.#context.runInAsyncScope(action);
  }

  // ---------------------------------------------------------------- as net.Socket

  setTimeout(ms: number, listener?: () => void): this {
    this.timeout = ms;
    if (listener !== undefined) this.once('timeout', listener);
    this.#touch();
    return this;
  }

  /** There was traffic: idle time begins anew. */
  #touch(): void {
    this.#idle?.cancel();
    this.#idle = null;
    const { loop } = this.connection.operations;
    if (this.timeout <= 0 || this.destroyed || loop.isClosed()) return;
    const emit = (): void => this.inContext(() => this.emit('timeout'));
    this.#idle = loop.callLater(this.timeout, emit, { label: `${this.#direction} is idle` });
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  address(): object {
    return { address: this.remoteAddress, family: this.remoteFamily, port: this.connection.port };
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** The end that accepted. */
class ServerSocket extends SimulatedSocket {
  readonly connecting = false;

  protected override whenConnected(action: () => void): void {
    action();
  }
}

/** The end that asked for the connection. */
class ClientSocket extends SimulatedSocket {
  connecting = true;
  #waiting: (() => void)[] = [];

  connect(accept: () => void): void {
    const { name } = this.connection;
    this.start(name, () => {
      const fault = this.connection.operations.fault(name, ['refused', 'timeout']);
      if (fault === null) return this.#connected(accept);
      if (fault === 'refused') return this.#fail('ECONNREFUSED');
      const timer = this.connection.operations.loop.callLater(connectTimeoutMs, () => this.#fail('ETIMEDOUT'), {
        label: `${name} gets no answer`,
      });
      this.once('close', () => timer.cancel());
    });
  }

  protected override whenConnected(action: () => void): void {
    if (this.connecting) this.#waiting.push(action);
    else action();
  }

  #connected(accept: () => void): void {
    this.connecting = false;
    accept();
    this.inContext(() => {
      this.emit('connect');
      if (this.encrypted) this.emit('secureConnect');
      this.emit('ready');
      for (const action of this.#waiting.splice(0)) action();
    });
  }

  #fail(code: string): void {
    this.connecting = false;
    this.inContext(() => this.destroy(systemError(code, 'connect')));
  }
}

/** The client's end of a new connection. `accept` gets the server's end, once it is there. */
export function connectSimulated(
  connection: ConnectionOptions,
  contexts: { readonly client: AsyncResource; readonly server: AsyncResource },
  accept: (server: Duplex) => void,
): Duplex {
  const client = new ClientSocket(connection, 'to the server', contexts.client);
  const server = new ServerSocket(connection, 'from the server', contexts.server);
  client.peer = server;
  server.peer = client;
  client.connect(() => contexts.server.runInAsyncScope(() => accept(server)));
  return client;
}
