import net, { type Socket } from 'node:net';
import { disguise, type Patcher } from '../patcher.ts';
import { Connection, type Answer } from './connection.ts';
import { afterNextPoll } from './host-turn.ts';
import { operationEnded, type IoOperation, type IoSource } from './operation.ts';

// Node's own, whatever the program has in its place.
const { setNoDelay } = net.Socket.prototype;

/** The connections of this program, TCP and Unix sockets, with TLS or without; see {@link Connection}. */
class Connections implements IoSource {
  readonly #bySocket = new Map<Socket, Connection>();
  /** The accepted ends, by the addresses of both: `caller>server`. */
  readonly #accepted = new Map<string, Connection>();

  get idle(): boolean {
    return this.#bySocket.size === 0;
  }

  inFlight(quietMs: number): IoOperation[] {
    const operations: IoOperation[] = [];
    for (const connection of this.#bySocket.values()) {
      if (connection.peer === null && connection.caller) this.#findPeer(connection);
      this.#forgetIfUnheard(connection);
      if (connection.inFlight(quietMs)) operations.push(connection.operation);
    }
    return operations;
  }

  of(socket: Socket): Connection | undefined {
    return this.#bySocket.get(socket);
  }

  connecting(socket: Socket, { host = 'localhost', port, path = null, lookup }: Target): void {
    if (this.#bySocket.has(socket)) return;
    const ownLookup = typeof lookup === 'function';
    this.#add(new Connection(socket, `connection to ${path ?? `${host}:${port}`}`, true, path, ownLookup));
  }

  accepted(socket: Socket): void {
    const path = pathOf(socket);
    const from = addressOf(socket, 'getpeername');
    const connection = new Connection(socket, `connection from ${path ?? from ?? 'an end that is gone'}`, false, path);
    this.#add(connection);
    if (connection.path !== null) return this.#pairByPath(connection, connection.path);
    if (from === undefined) return;
    connection.addresses = `${from}>${addressOf(socket, 'getsockname')}`;
    this.#accepted.set(connection.addresses, connection);
  }

  expect(socket: Socket | null | undefined, answer: Answer): void {
    if (socket) this.#bySocket.get(socket)?.answers.add(answer);
  }

  #add(connection: Connection): void {
    const { socket } = connection;
    this.#bySocket.set(socket, connection);
    // Else a small write waits until the one before is acknowledged, for 40 ms of real time.
    Reflect.apply(setNoDelay, socket, [true]);
    connection.closed = () => this.#forget(connection);
    socket.once('close', connection.closed);
  }

  #forget(connection: Connection): void {
    this.#bySocket.delete(connection.socket);
    const { addresses } = connection;
    // The port may be another connection's by now.
    if (addresses !== null && this.#accepted.get(addresses) === connection) this.#accepted.delete(addresses);
    operationEnded();
  }

  /** Programs remove all listeners of a socket that they destroy. The host closes it behind its next poll. */
  #forgetIfUnheard(connection: Connection): void {
    const { socket, closed } = connection;
    if (!socket.destroyed || closed === null || socket.listeners('close').includes(closed)) return;
    connection.closed = null;
    afterNextPoll(() => afterNextPoll(closed));
  }

  #findPeer(caller: Connection): void {
    const { socket } = caller;
    if (caller.path !== null || socket.connecting) return;
    const accepted = this.#accepted.get(`${addressOf(socket, 'getsockname')}>${addressOf(socket, 'getpeername')}`);
    if (accepted !== undefined) pair(caller, accepted);
  }

  /** A Unix socket has no address of its own; the kernel accepts them in the order of the calls. */
  #pairByPath(accepted: Connection, path: string): void {
    for (const caller of this.#bySocket.values()) {
      if (caller.caller && caller.peer === null && caller.path === path) return pair(caller, accepted);
    }
  }
}

function pair(caller: Connection, accepted: Connection): void {
  caller.peer = accepted;
  accepted.peer = caller;
}

/** What Node's handle of a TCP connection, or of TLS on one, tells of its ends. */
type Addressed = Partial<Record<'getsockname' | 'getpeername', (found: { address?: string; port?: number }) => number>>;

/**
 * The address and port of a socket's own end or of the other one; undefined if it is closed. The socket itself is not
 * asked: it would keep them, and tell the program when it is closed what a socket that nobody has asked does not know.
 */
function addressOf(socket: Socket, end: 'getsockname' | 'getpeername'): string | undefined {
  const found: { address?: string; port?: number } = {};
  (socket as unknown as { _handle: Addressed | null })._handle?.[end]?.(found);
  // An IPv6 server sees IPv4 callers so.
  return found.port === undefined ? undefined : `${found.address?.replace(/^::ffff:/, '')}:${found.port}`;
}

/** The path that the server of an accepted Unix socket listens on; null for TCP. */
function pathOf(socket: Socket): string | null {
  const address = (socket as Socket & { server?: net.Server }).server?.address();
  return typeof address === 'string' ? address : null;
}

/** One for the process, like its sockets. */
export const connections: Connections = new Connections();

type Connect = (this: Socket, ...args: unknown[]) => Socket;
type Write = (this: Socket, ...args: unknown[]) => unknown;

/** Where a connection is to go. */
interface Target {
  readonly host?: string | undefined;
  readonly port?: number | string | undefined;
  readonly path?: string | null | undefined;
  readonly lookup?: unknown;
}

/** From the arguments of `connect`, in any of their forms; Node itself passes them normalized, in an array. */
function targetFrom(args: readonly unknown[]): Target {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return { port: first as number | string, host: typeof second === 'string' ? second : undefined };
}

function registered(connect: Connect): Connect {
  return disguise(function (this: Socket, ...args: unknown[]): Socket {
    const socket = Reflect.apply(connect, this, args);
    connections.connecting(this, targetFrom(args));
    return socket;
  }, connect);
}

function noted(write: Write): Write {
  return disguise(function (this: Socket, ...args: unknown[]): unknown {
    connections.of(this)?.written();
    return Reflect.apply(write, this, args);
  }, write);
}

/** Has all connections that are made from now on known. */
export function watchConnections(patcher: Patcher): void {
  const prototype = net.Socket.prototype as unknown as { connect: Connect; write: Write; end: Write };
  patcher.replace(prototype, 'connect', registered);
  patcher.replace(prototype, 'write', noted);
  patcher.replace(prototype, 'end', noted);
}
