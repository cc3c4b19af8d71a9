import type { Task } from './task.ts';

/** The tasks of a loop that are not done, in order of creation. */
export class TaskList {
  readonly #tasks = new Set<Task>();
  #unnamed = 0;

  add(task: Task<never> | Task): void {
    this.#tasks.add(task as Task);
  }

  delete(task: Task<never> | Task): void {
    this.#tasks.delete(task as Task);
  }

  /** A snapshot. */
  all(): Task[] {
    return [...this.#tasks];
  }

  nextName(): string {
    return `Task-${++this.#unnamed}`;
  }
}
