import net, { type Socket } from 'node:net';
import { checkFunction, type EventLoop, type TimerHandle } from '@timeloom/loop';
import { disguise, type Patcher } from '../patcher.ts';

type SetTimeout = (this: IdleSocket, ms: number, callback?: () => void) => Socket;
type Refresh = (this: IdleSocket) => void;

/** What Node calls when a socket was idle for long; it looks whether a write is still going on. */
type IdleSocket = Socket & { _onTimeout(): void };

let loop: EventLoop | null = null;
const timers = new WeakMap<Socket, IdleTimer>();

/** The timeout of a socket that is idle, on the clock of a loop. */
class IdleTimer {
  readonly #loop: EventLoop;
  readonly #socket: IdleSocket;
  readonly #ms: number;
  #due = 0;
  #timer: TimerHandle | null = null;

  constructor(on: EventLoop, socket: IdleSocket, ms: number) {
    this.#loop = on;
    this.#socket = socket;
    this.#ms = ms;
    this.refresh();
    socket.once('close', this.cancel);
  }

  /** There was traffic. Cheap, since there often is. */
  refresh(): void {
    this.#due = this.#loop.time() + this.#ms;
    if (this.#timer === null && !this.#loop.isClosed()) this.#schedule();
  }

  readonly cancel = (): void => {
    this.#timer?.cancel();
    this.#socket.off('close', this.cancel);
  };

  #schedule(): void {
    this.#timer = this.#loop.callAt(this.#due, this.#fire, { label: 'socket timeout' });
  }

  readonly #fire = (): void => {
    this.#timer = null;
    if (this.#due > this.#loop.time()) this.#schedule();
    else this.#socket._onTimeout();
  };
}

/** As `Socket.setTimeout`; only the clock is another. */
function setTimeoutOn(on: EventLoop, socket: IdleSocket, ms: number, callback?: () => void): Socket {
  timers.get(socket)?.cancel();
  timers.delete(socket);
  if (socket.destroyed) return socket;
  Object.assign(socket, { timeout: ms });
  if (callback !== undefined) checkFunction('callback', callback);
  if (ms > 0) {
    timers.set(socket, new IdleTimer(on, socket, ms));
    if (callback !== undefined) socket.once('timeout', callback);
  } else if (callback !== undefined) socket.removeListener('timeout', callback);
  return socket;
}

const dispatchSetTimeout = (original: SetTimeout): SetTimeout =>
  disguise(function (this: IdleSocket, ms: number, callback?: () => void): Socket {
    // What is no number is an error of Node's.
    if (loop === null || typeof ms !== 'number') return Reflect.apply(original, this, [ms, callback]);
    Reflect.apply(original, this, [0]);
    return setTimeoutOn(loop, this, ms, callback);
  }, original);

const dispatchRefresh = (original: Refresh): Refresh =>
  disguise(function (this: IdleSocket): void {
    timers.get(this)?.refresh();
    Reflect.apply(original, this, []);
  }, original);

/** Has the timeouts of sockets, which `http` uses for all of its own, follow the clock of a loop. */
export function watchSocketTimeouts(patcher: Patcher): void {
  patcher.replace(net.Socket.prototype, 'setTimeout', dispatchSetTimeout);
  patcher.replace(net.Socket.prototype, '_unrefTimer', dispatchRefresh);
}

/** The loop whose clock they follow from now on; null for real time. */
export function setLoopOfTimeouts(followed: EventLoop | null): void {
  loop = followed;
}
