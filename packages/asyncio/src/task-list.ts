import type { Task } from './task.ts';

/**
 * The tasks of a loop that are not done, in order of creation. An array with holes: taking a task
 * out touches no other task, and the holes are closed when they are more than seven of eight.
 */
export class TaskList {
  #tasks: (Task | undefined)[] = [];
  #size = 0;

  add(task: Task): void {
    task.position = this.#tasks.length;
    this.#tasks.push(task);
    this.#size++;
  }

  delete(task: Task): void {
    this.#tasks[task.position] = undefined;
    this.#size--;
    if (this.#tasks.length > 32 && this.#size * 8 < this.#tasks.length) this.#closeHoles();
  }

  /** The task, if there is but one. */
  only(): Task | null {
    return this.#size === 1 ? this.#tasks.find((task) => task !== undefined)! : null;
  }

  /** A snapshot. */
  all(): Task[] {
    return this.#tasks.filter((task) => task !== undefined);
  }

  #closeHoles(): void {
    this.#tasks = this.all();
    for (const [position, task] of this.#tasks.entries()) task!.position = position;
  }
}
