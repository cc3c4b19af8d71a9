import { Handle } from '@timeloom/loop';
import type { Task } from './task.ts';

/** Starts the coroutine of a task. */
export class FirstStep extends Handle {
  constructor(task: Task) {
    super(task, task.context);
  }

  run(): void {
    (this.lane as Task).start();
  }

  get label(): string {
    return `${this.lane!.label} starts`;
  }
}
