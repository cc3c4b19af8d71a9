import dgram from 'node:dgram';
import net from 'node:net';
import { runningLoop } from '@timeloom/loop';
import { disguise, type Patcher } from '../patcher.ts';
import { process } from '../realm.ts';
import { actors } from './actors.ts';
import { isOfHost } from './host-messages.ts';
import { afterNextPoll } from './host-turn.ts';
import { IoOperation, operationEnded, type IoSource } from './operation.ts';
import { messagesAreOurs } from './thread-memory.ts';
import { messageWaits, portsSent, transferredBy, watchChannels } from './port-ends.ts';
import { noteTransfer } from './worker-helper.ts';
import type { WorkerThread } from './worker-thread.ts';

const { nextTick } = process;

type Method = (this: object, ...args: unknown[]) => unknown;

/**
 * Messages of ports, datagrams, wakes of `Atomics`, and the closing of handles. What is sent inside this
 * process is at its receiver at once, and the host's next poll delivers it; what goes elsewhere cannot be followed.
 */
class Messages implements IoSource {
  #operation: IoOperation | null = null;
  #pollsLeft = 0;
  #sent = 0;
  #turns = 0;
  #inTurn = false;

  get idle(): boolean {
    return this.#operation === null;
  }

  inFlight(): IoOperation[] {
    return this.#operation === null ? [] : [this.#operation];
  }

  /** All that was sent and is not delivered yet; null if there is none. */
  get operation(): IoOperation | null {
    return this.#operation;
  }

  /** How many callbacks of the host, or steps of a loop, have sent something so far. */
  get turns(): number {
    return this.#turns;
  }

  /** Something was sent or closed, and the host tells of it at its next poll. */
  sent(what: string): void {
    this.#sent++;
    if (!this.#inTurn) this.#turnBegins();
    // A poll delivers a thousand messages at most.
    this.#pollsLeft = 1 + Math.ceil(this.#sent / 1000);
    if (this.#operation !== null) return this.#operation.renew();
    this.#operation = new IoOperation(() => what);
    this.#operation.atNextPoll = true;
    afterNextPoll(this.#polled);
  }

  #turnBegins(): void {
    this.#turns++;
    this.#inTurn = true;
    // Behind the microtasks of this callback, but ahead of the next message, which the same poll may deliver.
    nextTick(this.#turnEnds);
  }

  readonly #turnEnds = (): void => {
    this.#inTurn = false;
  };

  readonly #polled = (): void => {
    if (--this.#pollsLeft > 0) return afterNextPoll(this.#polled);
    this.#operation = null;
    this.#sent = 0;
    operationEnded();
  };
}

/** One for the process. */
export const messages: Messages = new Messages();

/** Tells of what is sent by `sender` which workers it may be a message for; null if none hears of it. */
type Audience = (sender: object) => ((worker: WorkerThread) => boolean) | null;

const audienceOfPort: Audience = (sender) => {
  const receiver = actors.receiverOf(sender);
  if (receiver === 'no worker') return null;
  return (worker) => (receiver === 'any worker' ? worker.mayHavePorts : receiver === worker);
};
const audienceOfChannel: Audience = () => (worker) => worker.hearsBroadcasts;
/** They may hear of it, by I/O of their own. */
const noMessage: Audience = () => () => false;
const audienceOfClosing: Audience = (sender) =>
  sender instanceof MessagePort && actors.receiverOf(sender) === 'no worker' ? null : () => false;

const atNextPoll =
  (what: string, beforeImmediates: boolean, audience: Audience) =>
  (original: Method): Method =>
    disguise(function (this: object, ...args: unknown[]): unknown {
      if (messagesAreOurs()) return Reflect.apply(original, this, args);
      messages.sent(what);
      if (beforeImmediates) pollBeforeNextTurn();
      const send = () => Reflect.apply(original, this, args);
      const isFor = isOfHost(args[0]) ? null : audience(this);
      return isFor === null ? send() : actors.sent(send, isFor);
    }, original);

/** What a step sends is delivered before the immediates of the next turn, whenever these were made. */
export function pollBeforeNextTurn(): void {
  const loop = runningLoop();
  if (loop !== null) loop.awaitsPoll = true;
}

const posted = (original: Method): Method => {
  const counted = atNextPoll('message of a port', true, audienceOfPort)(original);
  return disguise(function (this: object, ...args: unknown[]): unknown {
    // A new worker gets ports with what it is to run, of which the program's are noted elsewhere.
    if (isOfHost(args[0])) return Reflect.apply(counted, this, args);
    const list = transferredBy(args[1]);
    noteTransfer(list);
    const receiver = actors.receiverOf(this);
    const result = portsSent(list, receiver, actors.givenPort, () => Reflect.apply(counted, this, args));
    if (receiver === 'no worker') messageWaits(this);
    return result;
  }, original);
};
const broadcast = atNextPoll('broadcast message', true, audienceOfChannel);
const datagram = atNextPoll('datagram', true, noMessage);
const closing = atNextPoll('closing of a handle', false, audienceOfClosing);

/** Who waits by `Atomics.waitAsync` in this thread hears of it at the host's next poll. */
const waking = (original: Method): Method =>
  disguise(function (this: object, ...args: unknown[]): unknown {
    const count = Reflect.apply(original, this, args) as number;
    if (count > 0) {
      messages.sent('waking by Atomics.notify');
      actors.woken();
    }
    return count;
  }, original);

/** Has messages, datagrams, wakes and the ends of handles waited for. */
export function watchMessages(patcher: Patcher): void {
  watchChannels(patcher);
  patcher.replace(MessagePort.prototype, 'postMessage', posted);
  patcher.replace(BroadcastChannel.prototype, 'postMessage', broadcast);
  patcher.replace(Atomics, 'notify', waking);
  patcher.replace(dgram.Socket.prototype, 'send', datagram);
  for (const { prototype } of [dgram.Socket, MessagePort, net.Server]) patcher.replace(prototype, 'close', closing);
}
