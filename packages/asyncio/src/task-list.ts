import type { Task } from './task.ts';

/**
 * The tasks of a loop that are not done, in order of creation. A doubly linked list through the
 * tasks themselves: it costs no memory of its own.
 */
export class TaskList {
  #first: Task | null = null;
  #last: Task | null = null;

  add(task: Task): void {
    task.previousTask = this.#last;
    if (this.#last === null) this.#first = task;
    else this.#last.nextTask = task;
    this.#last = task;
  }

  delete(task: Task): void {
    const { previousTask, nextTask } = task;
    if (previousTask === null) this.#first = nextTask;
    else previousTask.nextTask = nextTask;
    if (nextTask === null) this.#last = previousTask;
    else nextTask.previousTask = previousTask;
    task.previousTask = null;
    task.nextTask = null;
  }

  /** A snapshot. */
  all(): Task[] {
    const tasks: Task[] = [];
    for (let task = this.#first; task !== null; task = task.nextTask) tasks.push(task);
    return tasks;
  }
}
