import { getHeapStatistics } from 'node:v8';
import { RealClock } from '@timeloom/loop';
import { Tinypool } from 'tinypool';
import type { PoolOptions } from './options.ts';
import {
  cell,
  cells,
  type AskedTask,
  type Workers,
  type WorkerResults,
  type WorkerSearch,
  type WorkerTask,
} from './protocol.ts';
import { WorkerError } from './worker-error.ts';

/** Most real milliseconds that loading the program may take. */
const mostLoadMs = 60_000;

/**
 * The part of its memory from which on a thread is replaced after a task: ES modules that are imported anew
 * for each run are given up with their thread only.
 */
const mostHeap = 0.25;

const runTypeScript =
  'Threads do not inherit what runs TypeScript in this one: give workers.execArgv an --import of a file that registers it';

/** A task that a worker has. */
interface Pending {
  readonly progress: Int32Array;
  /** Ends the thread. */
  readonly abort: (error: Error) => void;
}

type Thread = Tinypool['threads'][number];

/** The threads of one search. */
export class WorkerPool implements Workers {
  readonly #search: WorkerSearch;
  readonly #options: PoolOptions;
  readonly #pool: Tinypool;
  readonly #pending = new Set<Pending>();
  /** All threads that ever were, each with its end. */
  readonly #threads = new Map<Thread, Promise<void>>();
  #closing = false;

  constructor(search: WorkerSearch, options: PoolOptions) {
    this.#search = search;
    this.#options = options;
    // The worker is compiled where this file is, and is not where it is not.
    const filename = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url).href;
    const { count, execArgv } = options;
    this.#pool = new Tinypool({
      filename,
      name: 'work',
      minThreads: count,
      maxThreads: count,
      maxMemoryLimitBeforeRecycle: mostHeap * getHeapStatistics().heap_size_limit,
      ...(execArgv !== undefined && { execArgv: [...execArgv] }),
    });
    // Of threads without a task. Those with one reject it.
    this.#pool.on('error', (error: Error) => this.#abortAll(error));
    this.#watchThreads();
  }

  get size(): number {
    return this.#options.count;
  }

  async run<K extends WorkerTask['kind']>(asked: AskedTask<K>): Promise<WorkerResults[K]> {
    const progress = new Int32Array(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT));
    Atomics.store(progress, cell.run, -1);
    const controller = new AbortController();
    let reason: Error | undefined;
    const abort = (error: Error): void => {
      reason ??= error;
      controller.abort();
    };
    const pending = { progress, abort };
    this.#pending.add(pending);
    const stopWatching = this.#watch(pending);
    try {
      const task = { ...asked, search: this.#search, progress };
      const answer = this.#pool.run(task, { signal: controller.signal });
      this.#watchThreads();
      return (await answer) as WorkerResults[K];
    } catch (error) {
      throw workerError(progress, reason ?? error);
    } finally {
      stopWatching();
      this.#pending.delete(pending);
    }
  }

  /** Ends all threads, whatever they do; what they had to do is rejected with `error`. */
  #abortAll(error: Error): void {
    for (const { abort } of this.#pending) abort(error);
  }

  abandon(): void {
    this.#abortAll(new Error('it was abandoned'));
  }

  /** Ends all threads, and waits until they have ended. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#watchThreads();
    await this.#pool.destroy();
    await Promise.all(this.#threads.values());
  }

  /** Ends the thread if it makes no headway. */
  #watch({ progress, abort }: Pending): () => void {
    const { maxRunMs } = this.#options;
    if (maxRunMs === Infinity) return () => {};
    const clock = new RealClock();
    const loadedBy = clock.now() + mostLoadMs;
    let before = 0;
    const look = (): void => {
      const begun = Atomics.load(progress, cell.begun);
      const loading = begun === 0 && clock.now() < loadedBy;
      if (begun === before && !loading) {
        abort(new Error(`it took more than ${maxRunMs} ms of real time: is there a loop that never awaits?`));
        return;
      }
      before = begun;
      clock.advanceTo(clock.now() + maxRunMs, look);
    };
    look();
    return () => clock.stopWaiting();
  }

  /** The pool hears of threads that fail, but not of those that end, as by process.exit(). */
  #watchThreads(): void {
    for (const thread of this.#pool.threads) {
      if (this.#threads.has(thread)) continue;
      const { threadId } = thread;
      const ended = new Promise<void>((resolve) => {
        thread.once('exit', (exitCode: unknown) => {
          resolve();
          if (!this.#closing) this.#ended(threadId, exitCode);
        });
      });
      this.#threads.set(thread, ended);
    }
  }

  #ended(threadId: number, exitCode: unknown): void {
    for (const { progress, abort } of this.#pending) {
      if (Atomics.load(progress, cell.thread) !== threadId || Atomics.load(progress, cell.done) === 1) continue;
      abort(new Error(`the thread ended with exit code ${exitCode}: does the program call process.exit()?`));
    }
  }
}

function workerError(progress: Int32Array, cause: unknown): WorkerError {
  const number = Atomics.load(progress, cell.run);
  const run = number === -1 ? null : number + 1;
  const said = cause instanceof Error ? cause.message : String(cause);
  const advice = said.startsWith('Unknown file extension') ? `. ${runTypeScript}` : '';
  return new WorkerError(`${said}${advice}`, run, null, cause);
}
