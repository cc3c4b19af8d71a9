import type { ChildProcess } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { disguise, type Patcher } from '../patcher.ts';
import { IoOperation, operationEnded, type IoSource } from './operation.ts';

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
 * A worker holds the clock while it owes an answer: from its start, or a message to it, until a message
 * from it, and `quietMs` longer.
 */
class WorkerThread implements Actor {
  readonly operation: IoOperation;
  referenced = true;
  #owes = true;

  constructor(worker: Worker) {
    this.operation = new IoOperation(() => `worker ${worker.threadId}`);
    worker.on('message', () => {
      this.#owes = false;
      this.operation.renew();
    });
  }

  asked(): void {
    this.#owes = true;
    this.operation.countsUntil = Infinity;
    this.operation.renew();
  }

  inFlight(quietMs: number): boolean {
    return this.referenced && (this.#owes || this.operation.countsFor(quietMs));
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
}

/** One for the process. */
export const actors: Actors = new Actors();

type Method = (this: Worker, ...args: unknown[]) => unknown;

const before =
  (note: (actor: WorkerThread) => void) =>
  (original: Method): Method =>
    disguise(function (this: Worker, ...args: unknown[]): unknown {
      const actor = actors.worker(this);
      if (actor !== undefined) note(actor);
      return Reflect.apply(original, this, args);
    }, original);

const asked = before((actor) => actor.asked());
const referenced = before((actor) => (actor.referenced = true));
const terminated = before((actor) => {
  actor.referenced = true;
  actor.asked();
});
const unreferenced = before((actor) => (actor.referenced = false));

/** Has it noted what workers are asked, and which of them count. */
export function watchWorkers(patcher: Patcher): void {
  const prototype = Worker.prototype as unknown as Record<'postMessage' | 'ref' | 'terminate' | 'unref', Method>;
  patcher.replace(prototype, 'postMessage', asked);
  patcher.replace(prototype, 'ref', referenced);
  patcher.replace(prototype, 'terminate', terminated);
  patcher.replace(prototype, 'unref', unreferenced);
}
