import type { Context } from './context.ts';

/** Options of {@link createTask}. */
export interface TaskOptions {
  /** Default: `Task-N`, where N counts the unnamed tasks of the loop. */
  readonly name?: string | undefined;
  /** Where the task's context variables are; default: a copy of the current ones. */
  readonly context?: Context | undefined;
}
