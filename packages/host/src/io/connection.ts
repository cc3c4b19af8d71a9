import type { Socket } from 'node:net';
import { IoOperation } from './operation.ts';

/** What Node's handle of a stream tells; a TLS handle has the one below as its parent. */
interface StreamHandle {
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  /** False while the program does not want data. */
  readonly reading?: boolean;
  readonly _parent?: StreamHandle;
  hasRef?(): boolean;
}

const handleOf = (socket: Socket): StreamHandle | null => {
  const handle = (socket as unknown as { _handle: StreamHandle | null })._handle;
  return handle?._parent ?? handle;
};

/** An answer that comes over a connection and knows its own end, e.g. a response of HTTP. */
export interface Answer {
  readonly complete: boolean;
}

/**
 * One end of a connection, and the rule for when it holds the clock: while the kernel has, or is to get,
 * something for this program.
 *
 *  - Both ends are in this program: while bytes, or the end, are on their way to an end that reads.
 *    What a handler here waits for is then no more than what it waits for, and time may move.
 *  - The other end is elsewhere and this one was the caller: while it connects, from a write until
 *    the first bytes of the answer and `quietMs` longer; until the end of an Answer.
 *  - The other end is elsewhere and called: never. It waits for us.
 *
 * An end that the program does not read from, or has unref'd, waits for nothing.
 */
export class Connection {
  readonly socket: Socket;
  readonly operation: IoOperation;
  /** The path of a Unix socket that it was made to; null for TCP. */
  readonly path: string | null;
  /** The other end, if that is in this program and known by now. */
  peer: Connection | null = null;
  /** True for the end that asked for the connection. */
  readonly caller: boolean;
  /** True if a function of the program looks the address up: what that waits for is what is in flight, if anything. */
  readonly ownLookup: boolean;
  readonly answers: Set<Answer> = new Set();
  /** Of an accepted one: what it is found by; null for Unix sockets. */
  addresses: string | null = null;
  /** What listens for its end; null if it was found to be removed by the program. */
  closed: (() => void) | null = null;
  #readBefore = 0;
  #readAtWrite = 0;

  /** @param what its name, e.g. `connection to localhost:5432`. */
  constructor(socket: Socket, what: string, caller: boolean, path: string | null, ownLookup = false) {
    this.socket = socket;
    this.ownLookup = ownLookup;
    this.caller = caller;
    this.path = path;
    this.operation = new IoOperation(() => what);
  }

  /** The program has written something: it may expect an answer. */
  written(): void {
    this.#readAtWrite = this.socket.bytesRead;
    this.operation.renew();
  }

  /** True if the clock has to wait for it now. */
  inFlight(quietMs: number): boolean {
    const { socket, peer } = this;
    // Until the host has closed it, which it tells, and then it is forgotten.
    if (socket.destroyed) return true;
    const handle = handleOf(socket);
    if (handle !== null && handle.hasRef?.() === false) return false;
    // The host has its own lookups and connects on its list.
    if (socket.connecting) return !this.ownLookup;
    if (handle === null || handle.reading === false || socket.readableEnded) return false;
    if (peer !== null) return peer.#isSendingTo(socket, handle);
    return this.caller && this.#expectsMore(quietMs);
  }

  #isSendingTo(socket: Socket, handle: StreamHandle): boolean {
    const sender = this.socket;
    if (sender.destroyed || sender.writableEnded) return !(socket as unknown as ReadableState)._readableState.ended;
    return (handleOf(sender)?.bytesWritten ?? 0) > (handle.bytesRead ?? 0);
  }

  #expectsMore(quietMs: number): boolean {
    const { bytesRead } = this.socket;
    if (bytesRead !== this.#readBefore) {
      this.#readBefore = bytesRead;
      this.operation.renew();
    }
    this.operation.countsUntil = Infinity;
    for (const answer of this.answers) if (answer.complete) this.answers.delete(answer);
    if (this.answers.size > 0 || bytesRead === this.#readAtWrite) return true;
    return bytesRead > 0 && this.operation.countsFor(quietMs);
  }
}

interface ReadableState {
  readonly _readableState: { readonly ended: boolean };
}
