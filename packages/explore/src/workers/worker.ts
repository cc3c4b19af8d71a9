/** What runs in a thread of its own. */
import { threadId } from 'node:worker_threads';
import { cell, type WorkerTask } from './protocol.ts';
import { TaskRunner } from './task-runner.ts';

// A thread serves one search.
const runner = new TaskRunner();

/** Called by the pool, for one task after the other. */
export async function work(task: WorkerTask): Promise<unknown> {
  Atomics.store(task.progress, cell.thread, threadId);
  try {
    return await runner.run(task);
  } finally {
    Atomics.store(task.progress, cell.done, 1);
  }
}
