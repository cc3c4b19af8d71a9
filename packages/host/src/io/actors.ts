import { ChildProcess } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { disguise, type Patcher } from '../patcher.ts';
import { workerThreads } from '../realm.ts';
import type { Actor } from './actor.ts';
import { Child } from './child.ts';
import { operationEnded, type IoOperation, type IoSource } from './operation.ts';
import { portsIn, portsSent, receiverOf, transferredBy, type Receiver } from './port-ends.ts';
import { helped } from './worker-helper.ts';
import { WorkerThread } from './worker-thread.ts';

/** True while a clock waits for workers. */
let following = false;

/** Who is sent something by the port that it began with, while that lasts. */
let asking: Receiver | null = null;

class Actors implements IoSource {
  readonly #actors = new Set<Actor>();
  readonly #children = new WeakMap<ChildProcess, Child>();
  readonly #workers = new WeakMap<Worker, WorkerThread>();
  #isSending = false;

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

  /**
   * Something is sent that any worker may hear of, unless one is {@link asked}.
   *
   * @param send what sends it: one that throws has sent nothing.
   * @param isFor tells which workers it may be a message for that is answered by one.
   */
  sent<T>(send: () => T, isFor: (worker: WorkerThread) => boolean): T {
    // A broadcast channel sends by a port of its own.
    if (asking !== null || this.#isSending || !following) return send();
    this.#isSending = true;
    try {
      this.#eachWorker((worker) => worker.aheadOfMessages());
      const result = send();
      this.#eachWorker((worker) => worker.mayHear(Number(isFor(worker))));
      return result;
    } finally {
      this.#isSending = false;
    }
  }

  /** This thread has woken one that waits in `Atomics.wait`, or several. */
  woken(): void {
    if (following) this.#eachWorker((worker) => worker.operation.renew());
  }

  /** A port was sent to one of the workers. */
  readonly givenPort = (): void => this.#eachWorker((worker) => worker.givenPort());

  /** Who gets what is sent by `port`. */
  receiverOf(port: object): Receiver {
    return asking ?? receiverOf(port);
  }

  /** See {@link followWorkers}. */
  followed(on: boolean): void {
    this.#eachWorker((worker) => worker.followed(on));
  }

  #eachWorker(act: (worker: WorkerThread) => void): void {
    for (const actor of this.#actors) if (actor instanceof WorkerThread) act(actor);
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

const asked = (original: Method): Method =>
  disguise(function (this: Worker, ...args: unknown[]): unknown {
    const actor = actors.worker(this);
    actor?.aheadOfMessages();
    asking = actor ?? 'any worker';
    try {
      const result = Reflect.apply(original, this, args);
      actor?.asked(portsIn(transferredBy(args[1])).length > 0, following);
      return result;
    } finally {
      asking = null;
    }
  }, original);
const referenced = after((actor) => (actor.referenced = true));
const terminated = after((actor) => actor.terminated());
const unreferenced = after((actor) => (actor.referenced = false));

/**
 * From now on workers that are started say what they do (see in-worker.ts), and what is sent to them is noted;
 * until it is switched off. Of what was sent before, some may be on its way.
 */
export function followWorkers(on: boolean): void {
  following = on;
  actors.followed(on);
}

export const workersAreFollowed = (): boolean => following;

const helping = helped(workersAreFollowed, (worker, list) =>
  portsSent(list, actors.worker(worker) ?? 'any worker', actors.givenPort, () => {}),
);

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
