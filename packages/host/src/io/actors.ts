import type { ChildProcess } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { disguise, type Patcher } from '../patcher.ts';
import { realNow } from './host-turn.ts';
import { IoOperation, operationEnded, type IoSource } from './operation.ts';
import { ThreadActivity } from './thread-activity.ts';
import { stateOfThread, threadAsked, ThreadState } from './thread-states.ts';

/** True if a port keeps the program alive: it waits for a thread, though that is unref'd itself, as those of pools are. */
const aPortIsReferenced = (): boolean => process.getActiveResourcesInfo().includes('MessagePort');

/** Something that runs beside this program. */
interface Actor {
  readonly operation: IoOperation;
  /** True if the clock has to wait for it now. */
  inFlight(quietMs: number): boolean;
}

/** A child process holds the clock until it has ended and its output has been read. */
class Child implements Actor {
  readonly operation: IoOperation;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.operation = new IoOperation(() => `child process ${child.spawnfile} (pid ${child.pid})`);
    child.once('exit', () => this.operation.renew());
  }

  inFlight(): boolean {
    const handle = (this.#child as ChildProcess & { _handle?: { hasRef(): boolean } | null })._handle;
    return handle?.hasRef() !== false;
  }
}

/**
 * A worker holds the clock until it was not at work for `quietMs`. One in virtual time tells us when it
 * waits for nothing but us; else it owes an answer, from its start, or a message to it, until a message
 * from it.
 */
class WorkerThread implements Actor {
  readonly operation: IoOperation;
  referenced = true;
  readonly #id: number;
  readonly #activity: ThreadActivity;
  #owes = true;
  #ending = false;

  constructor(worker: Worker) {
    this.#id = worker.threadId;
    this.operation = new IoOperation(() => `worker ${this.#id}`);
    this.#activity = new ThreadActivity(worker);
    worker.on('message', () => {
      this.#owes = false;
      this.#stir();
    });
  }

  asked(): void {
    this.#owes = true;
    this.mayBeAsked();
  }

  /** Until its exit. */
  terminated(): void {
    this.referenced = this.#ending = true;
    this.#stir();
  }

  /** Something was sent that may be for it, and that it may not answer. */
  mayBeAsked(): void {
    threadAsked(this.#id);
    this.#stir();
  }

  #stir(): void {
    this.#activity.stir();
    this.operation.renew();
  }

  inFlight(quietMs: number): boolean {
    if (!this.referenced && !aPortIsReferenced()) return false;
    const state = stateOfThread(this.#id);
    const owes = this.#ending || (state === ThreadState.unknown && this.#owes);
    const saysBusy = state === ThreadState.busy || state === ThreadState.confirming;
    const busyAt = this.#activity.busyAt(quietMs);
    // One that is blocked cannot say that it is idle.
    const quietAt = (saysBusy && !this.#activity.isBlocked ? realNow() : busyAt) + quietMs;
    this.operation.countsUntil = owes ? Infinity : quietAt;
    return owes || realNow() < quietAt;
  }
}

class Actors implements IoSource {
  readonly #actors = new Set<Actor>();
  readonly #workers = new WeakMap<Worker, WorkerThread>();

  get idle(): boolean {
    return this.#actors.size === 0;
  }

  inFlight(quietMs: number): IoOperation[] {
    return [...this.#actors].filter((actor) => actor.inFlight(quietMs)).map((actor) => actor.operation);
  }

  childStarted(child: ChildProcess): void {
    const actor = new Child(child);
    this.#actors.add(actor);
    child.once('close', () => this.#ended(actor));
  }

  workerStarted(worker: Worker): void {
    const actor = new WorkerThread(worker);
    this.#actors.add(actor);
    this.#workers.set(worker, actor);
    worker.once('exit', () => this.#ended(actor));
  }

  #ended(actor: Actor): void {
    this.#actors.delete(actor);
    operationEnded();
  }

  worker(worker: Worker): WorkerThread | undefined {
    return this.#workers.get(worker);
  }

  /** A message was posted, and its receiver may be any worker. */
  messagePosted(): void {
    for (const actor of this.#actors) if (actor instanceof WorkerThread) actor.mayBeAsked();
  }
}

/** One for the process. */
export const actors: Actors = new Actors();

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

const asked = after((actor) => actor.asked());
const referenced = after((actor) => (actor.referenced = true));
const terminated = after((actor) => actor.terminated());
const unreferenced = after((actor) => (actor.referenced = false));

/** Has it noted what workers are asked, and which of them count. */
export function watchWorkers(patcher: Patcher): void {
  const prototype = Worker.prototype as unknown as Record<'postMessage' | 'ref' | 'terminate' | 'unref', Method>;
  patcher.replace(prototype, 'postMessage', asked);
  patcher.replace(prototype, 'ref', referenced);
  patcher.replace(prototype, 'terminate', terminated);
  patcher.replace(prototype, 'unref', unreferenced);
}
