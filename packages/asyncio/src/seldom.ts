import { CancelledError } from './errors.ts';
import type { Site } from './site.ts';
import type { Task } from './task.ts';

/** What most tasks never need, so it is an object of its own. */
export interface Seldom {
  /** The name of the task, of which a number stands for `Task-N`. */
  name: string | number;
  /** How many cancellations were requested and not taken back. */
  requests: number;
  /** The message of the cancellation that is not delivered yet. */
  message: string | undefined;
  /** The exception that ended the coroutine, until somebody gets it. */
  error: CancelledError | null;
  controller: AbortController | null;
  /** Where the task awaited last. */
  awaitSite: Site | null;
}

export function makeSeldom(name: string | number): Seldom {
  return { name, requests: 0, message: undefined, error: null, controller: null, awaitSite: null };
}

/** Aborts the signal of a task that is cancelled, if it has one, in a step of its own. */
export function abortSignal(task: Task, controller: AbortController | null, message: string | undefined): void {
  if (controller === null || controller.signal.aborted) return;
  const abort = (): void => controller.abort(new CancelledError(message));
  task.loop.callSoon(abort, { label: `${task.label} aborts its signal` });
}
