import {
  cells,
  type AskedTask,
  type WorkerResults,
  type Workers,
  type WorkerSearch,
  type WorkerTask,
} from '../../src/workers/protocol.ts';
import { TaskRunner } from '../../src/workers/task-runner.ts';

/** Workers in this thread. What they get and give is copied, as between threads. */
export class LocalWorkers implements Workers {
  readonly size: number;
  readonly #search: WorkerSearch;
  readonly #idle: TaskRunner[];
  readonly #waiting: ((runner: TaskRunner) => void)[] = [];
  readonly #pause: (label: string) => Promise<unknown>;

  /** @param pause waits before a task begins, and before its result arrives. */
  constructor(search: WorkerSearch, size: number, pause: (label: string) => Promise<unknown>) {
    this.size = size;
    this.#search = structuredClone(search);
    this.#idle = Array.from({ length: size }, () => new TaskRunner());
    this.#pause = pause;
  }

  async run<K extends WorkerTask['kind']>(asked: AskedTask<K>): Promise<WorkerResults[K]> {
    const runner = this.#idle.pop() ?? (await new Promise<TaskRunner>((resolve) => this.#waiting.push(resolve)));
    const progress = new Int32Array(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT));
    const task = structuredClone({ ...asked, search: this.#search, progress }) as unknown as WorkerTask;
    await this.#pause(`${task.kind} begins`);
    const result = structuredClone(await runner.run(task)) as WorkerResults[K];
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(runner);
    else next(runner);
    await this.#pause(`${task.kind} is done`);
    return result;
  }

  abandon(): void {
    throw new Error('nothing is to be abandoned');
  }
}
