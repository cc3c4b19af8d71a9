import { ChildProcess } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { disguise, type Patcher } from '../patcher.ts';
import { workerThreads } from '../realm.ts';
import { aPortIsReferenced, type Actor } from './actor.ts';
import { Child } from './child.ts';
import { afterNextPoll, realNow } from './host-turn.ts';
import { IoOperation, operationEnded, type IoSource } from './operation.ts';
import { ThreadActivity } from './thread-activity.ts';
import { sentBy, statementOf, threadAsked, threadEnded, ThreadState, type Statement } from './thread-memory.ts';
import { channelToThread, type WakeChannel } from './wake-channel.ts';
import { helped, workerIsHelped } from './worker-helper.ts';

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
class WorkerThread implements Actor {
  readonly operation: IoOperation;
  referenced = true;
  readonly #id: number;
  readonly #activity: ThreadActivity;
  /** Null once it has ended. */
  #channel: WakeChannel | null;
  #owes = true;
  #ending = false;
  /** Whether it is known that it will say when it is idle. */
  readonly #says: boolean = workerIsHelped();
  /** What may have been sent to it by ports since it was idle, and what it had sent by ports when that began. */
  #asked = 0;
  #sentBefore = 0;
  /** What it has said before the last poll, and what it has said that a poll is to come for. */
  #heard: Statement | null = null;
  #hearing: Statement | null = null;
  /** What it had said when it was last woken to say it again. */
  #wokenFrom: Statement | null = null;

  constructor(worker: Worker) {
    this.#id = worker.threadId;
    this.#channel = channelToThread(this.#id, operationEnded);
    this.operation = new IoOperation(() => `worker ${this.#id}`);
    this.#activity = new ThreadActivity(worker);
    worker.on('message', () => {
      this.#owes = false;
      this.#stir();
    });
  }

  asked(): void {
    this.#owes = true;
    if (!following) return;
    if (threadAsked(this.#id)) this.#channel?.wake();
    this.#stir();
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

  /** Something was sent by a port that may lead to it, and that it may not answer. */
  mayBeAsked(): void {
    if (!following) return;
    // It says when it has nothing to do, so also when that was not for it.
    if (this.#says && this.#asked++ === 0) this.#sentBefore = sentBy(this.#id);
    if (threadAsked(this.#id)) {
      this.#owes = true;
      this.#channel?.wake();
    }
    this.#stir();
  }

  /** True if it has sent less by ports than was sent to it, which it may have to answer. */
  get #owesByPort(): boolean {
    return this.#asked > 0 && this.#asked > sentBy(this.#id) - this.#sentBefore;
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
    const inRealTime = state === ThreadState.unknown || state === ThreadState.confirmingReal;
    if (inRealTime && !this.#owes && !this.#owesByPort && !isLast) return busyAt + quietMs;
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

class Actors implements IoSource {
  readonly #actors = new Set<Actor>();
  readonly #children = new WeakMap<ChildProcess, Child>();
  readonly #workers = new WeakMap<Worker, WorkerThread>();

  get idle(): boolean {
    return this.#actors.size === 0;
  }

  inFlight(quietMs: number, isLast: boolean): IoOperation[] {
    return [...this.#actors].filter((actor) => actor.inFlight(quietMs, isLast)).map((actor) => actor.operation);
  }

  childStarted(child: ChildProcess): void {
    const actor = new Child(child);
    this.#actors.add(actor);
    this.#children.set(child, actor);
    child.once('close', () => this.#ended(actor));
  }

  workerStarted(worker: Worker): void {
    const actor = new WorkerThread(worker);
    this.#actors.add(actor);
    this.#workers.set(worker, actor);
    worker.once('exit', () => {
      actor.ended();
      this.#ended(actor);
    });
  }

  #ended(actor: Actor): void {
    this.#actors.delete(actor);
    operationEnded();
  }

  child(child: ChildProcess): Child | undefined {
    return this.#children.get(child);
  }

  worker(worker: Worker): WorkerThread | undefined {
    return this.#workers.get(worker);
  }

  /** A message was posted, and its receiver may be any worker, unless one is {@link asked}. */
  messagePosted(): void {
    if (asking) return;
    for (const actor of this.#actors) if (actor instanceof WorkerThread) actor.mayBeAsked();
  }
}

/** One for the process. */
export const actors: Actors = new Actors();

type Kill = (this: ChildProcess, ...args: unknown[]) => boolean;
const signalled = (kill: Kill): Kill =>
  disguise(function (this: ChildProcess, ...args: unknown[]): boolean {
    actors.child(this)?.operation.renew();
    return Reflect.apply(kill, this, args);
  }, kill);

type Method = (this: Worker, ...args: unknown[]) => unknown;

const after =
  (note: (actor: WorkerThread) => void) =>
  (original: Method): Method =>
    disguise(function (this: Worker, ...args: unknown[]): unknown {
      const result = Reflect.apply(original, this, args);
      const actor = actors.worker(this);
      if (actor !== undefined) note(actor);
      return result;
    }, original);

/** True while something is sent to one worker, by the port that it began with. */
let asking = false;
const asked = (original: Method): Method => {
  const noted = after((actor) => actor.asked())(original);
  return disguise(function (this: Worker, ...args: unknown[]): unknown {
    asking = true;
    try {
      return Reflect.apply(noted, this, args);
    } finally {
      asking = false;
    }
  }, original);
};
const referenced = after((actor) => (actor.referenced = true));
const terminated = after((actor) => actor.terminated());
const unreferenced = after((actor) => (actor.referenced = false));

/** True while a clock waits for workers. */
let following = false;

/**
 * From now on workers that are started say what they do (see in-worker.ts), and what is sent to them is noted;
 * until it is switched off. Of what was sent before, some may be on its way.
 */
export function followWorkers(on: boolean): void {
  following = on;
  if (on) actors.messagePosted();
}

export const workersAreFollowed = (): boolean => following;

const helping = helped(workersAreFollowed);

/** Has it noted what workers are asked, which of them count, and that child processes are sent signals. */
export function watchActors(patcher: Patcher): void {
  patcher.replace(ChildProcess.prototype, 'kill', signalled);
  patcher.replace(workerThreads, 'Worker', helping);
  const prototype = workerThreads.Worker.prototype as unknown as Record<
    'postMessage' | 'ref' | 'terminate' | 'unref',
    Method
  >;
  patcher.replace(prototype, 'postMessage', asked);
  patcher.replace(prototype, 'ref', referenced);
  patcher.replace(prototype, 'terminate', terminated);
  patcher.replace(prototype, 'unref', unreferenced);
}
