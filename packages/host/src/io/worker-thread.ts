import type { Worker } from 'node:worker_threads';
import { aPortIsReferenced, type Actor } from './actor.ts';
import { afterNextPoll, realNow } from './host-turn.ts';
import { IoOperation, operationEnded } from './operation.ts';
import { ThreadActivity } from './thread-activity.ts';
import {
  hearsBroadcasts,
  sendsPorts,
  sentBy,
  statementOf,
  threadAsked,
  threadEnded,
  ThreadState,
  type Statement,
} from './thread-memory.ts';
import { channelToThread, type WakeChannel } from './wake-channel.ts';
import { workerIsHelped } from './worker-helper.ts';

/** After so many real milliseconds one that is at work may wait in `Atomics.wait`, from where it wakes nobody. */
const lookAgainMs = 100;

/**
 * A worker in virtual time holds the clock until it says that it waits for nothing but us. One in real time
 * owes an answer, from its start, or a message to it, until a message from it, or until it says the same (see
 * in-worker.ts). By a port it owes one for each message by a port that may be for it. When it has answered and
 * goes on, it holds the clock until it has slept for `quietMs`; if nothing else is left, until it says the same.
 *
 * What it says counts from the next poll on, which delivers what it has sent before. One that cannot say
 * anything holds the clock: on a busy machine threads that work get no processor for long, so neither time
 * nor the use of the processor tells that they do not.
 */
export class WorkerThread implements Actor {
  readonly operation: IoOperation;
  referenced = true;
  readonly #id: number;
  readonly #activity: ThreadActivity;
  /** Null once it has ended. */
  #channel: WakeChannel | null;
  #owes = true;
  /** What it had sent by ports ahead of what it owes an answer to, if that may come by one; null otherwise. */
  #owesSince: number | null = 0;
  #ending = false;
  /** Whether it is known that it will say when it is idle. */
  readonly #says: boolean = workerIsHelped();
  /** What may have been sent to it by ports since it was idle, and what it had sent by ports ahead of the first of that. */
  #asked = 0;
  #sentBefore = 0;
  /** What it had sent by ports ahead of what is sent to it right now. */
  #sentAhead = 0;
  /** What it had sent by ports when it was idle, or was told to look; null once it has answered by its own port. */
  #sentWhenIdle: number | null = null;
  #wasGivenPort = false;
  /** Whether it owed nothing, and was not idle, when the last clock that had waited for workers ended. */
  #wasRestless = false;
  /** What stands for what it says since it was told to look for something, until it says something itself. */
  #toldToLook: number | null = null;
  /** What it has said before the last poll, and what it has said that a poll is to come for. */
  #heard: Statement | null = null;
  #hearing: Statement | null = null;
  /** What it had said when it was last woken to say it again. */
  #wokenFrom: Statement | null = null;

  constructor(worker: Worker) {
    this.#id = worker.threadId;
    this.#channel = channelToThread(this.#id, operationEnded);
    this.operation = new IoOperation(() => `worker ${this.#id}`);
    this.operation.isOfActor = true;
    // It has the same patience, and has begun to wait later.
    this.operation.isAtWork = () => statementOf(this.#id).state === ThreadState.waiting;
    this.#activity = new ThreadActivity(worker);
    worker.on('message', () => {
      this.#owes = false;
      this.#sentWhenIdle = null;
      this.#stir();
    });
  }

  /**
   * It was sent something by its own port, and has to answer by that.
   *
   * @param withPort whether it was given a port as well, by which it may answer instead.
   * @param isFollowed whether a clock waits for workers.
   */
  asked(withPort: boolean, isFollowed: boolean): void {
    this.#owes = true;
    this.#owesSince = withPort ? this.#sentAhead : null;
    if (!isFollowed) return;
    this.#hasToLook();
  }

  /** Until its exit. */
  terminated(): void {
    this.referenced = this.#ending = true;
    this.#stir();
  }

  ended(): void {
    const channel = this.#channel;
    this.#channel = null;
    channel?.close();
    threadEnded(this.#id);
  }

  /** True if it has broadcast channels. */
  get hearsBroadcasts(): boolean {
    return hearsBroadcasts(this.#id);
  }

  /** It was sent a port by this thread. */
  givenPort(): void {
    this.#wasGivenPort = true;
  }

  /** True if it has sent ports to somebody: what it was given may be anywhere. */
  get sendsPorts(): boolean {
    return sendsPorts(this.#id);
  }

  /** True if the other end of a port may be there of which nothing is known. */
  get mayHavePorts(): boolean {
    return this.#wasGivenPort || this.sendsPorts;
  }

  /** Something is about to be sent. It may answer before that is over, so it cannot be counted then. */
  aheadOfMessages(): void {
    this.#sentAhead = sentBy(this.#id);
    if (this.#asked === 0) this.#sentBefore = this.#sentAhead;
  }

  /**
   * Something was sent that it may hear of.
   *
   * @param messages how many messages there may be in it that are answered by one each.
   */
  mayHear(messages: number): void {
    // It says when it has nothing to do, so also when that was not for it.
    if (this.#says) this.#asked += messages;
    this.#hasToLook();
  }

  /**
   * A clock waits for workers from now on, or none does any more: what is sent to it in between is not seen.
   * One that was not idle before, and owed nothing, need not have been sent anything if it is not idle.
   */
  followed(on: boolean): void {
    // What it is sent in between is not seen.
    this.#wasGivenPort = true;
    const isRestless = statementOf(this.#id).state === ThreadState.unknown;
    if (!on) this.#wasRestless = isRestless && !this.#owesAnswer;
    else if (!(isRestless && this.#wasRestless)) {
      this.aheadOfMessages();
      this.mayHear(1);
    }
  }

  /**
   * True if it has not answered by its own port, or has sent less by others than was sent to it by those. One that
   * was idle and is not any more was sent something, if not by this thread, then by another worker.
   */
  get #owesAnswer(): boolean {
    const sent = sentBy(this.#id);
    const hasAnswered = this.#owesSince !== null && sent > this.#owesSince;
    if (this.#sentWhenIdle === sent) return true;
    return (this.#owes && !hasAnswered) || (this.#asked > 0 && this.#asked > sent - this.#sentBefore);
  }

  /** Something may be on its way to it. */
  #hasToLook(): void {
    const word = threadAsked(this.#id);
    if (word !== null) {
      this.#toldToLook = word;
      this.#sentWhenIdle = this.#sentAhead;
      this.#channel?.wake();
    }
    this.#stir();
  }

  #stir(): void {
    this.#activity.stir();
    this.operation.renew();
  }

  inFlight(quietMs: number, isLast: boolean): boolean {
    if (!this.referenced && !aPortIsReferenced()) return false;
    const quietAt = this.#ending ? Infinity : this.#quietAt(statementOf(this.#id), quietMs, isLast);
    this.operation.countsUntil = quietAt;
    return realNow() < quietAt;
  }

  /** From when on it does not count, if nothing changes. */
  #quietAt(said: Statement, quietMs: number, isLast: boolean): number {
    const { state, isBlocked } = said;
    const isIdle = state === ThreadState.idle || state === ThreadState.idleReal;
    this.operation.atNextPoll = (isIdle || isBlocked) && !this.#wasHeard(said);
    if (this.operation.atNextPoll) return Infinity;
    if (isIdle && said.isCurrent) {
      this.#owes = false;
      this.#asked = 0;
      this.#sentWhenIdle = sentBy(this.#id);
      return 0;
    }
    const busyAt = this.#activity.busyAt(quietMs, isBlocked);
    if (isBlocked) return busyAt + quietMs;
    // It was sent something, or not: then it says so once more.
    if (isIdle) {
      if (!isSame(said, this.#wokenFrom)) this.#channel?.wake();
      this.#wokenFrom = said;
      return Infinity;
    }
    const hasLooked = state === ThreadState.unknown && said.word !== this.#toldToLook;
    if (hasLooked && !this.#owesAnswer && !isLast) return busyAt + quietMs;
    return said.waits === 0 ? Infinity : realNow() + lookAgainMs;
  }

  #wasHeard(said: Statement): boolean {
    if (isSame(said, this.#heard)) return true;
    if (isSame(said, this.#hearing)) return false;
    this.#hearing = said;
    afterNextPoll(() => {
      if (this.#hearing !== said) return;
      this.#hearing = null;
      this.#heard = said;
      operationEnded();
    });
    return false;
  }
}

const isSame = (one: Statement, other: Statement | null): boolean =>
  one.word === other?.word && one.waits === other.waits;
