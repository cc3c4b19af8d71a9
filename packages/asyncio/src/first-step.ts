import { Handle } from '@timeloom/loop';
import type { Task } from './task.ts';

/**
 * Makes objects with the prototype of handles and no fields: a program may start a million tasks at once, and their
 * first steps need neither a context, which the task has, nor to know whether they are cancelled, which they never are.
 */
const BareHandle = function () {} as unknown as new () => Handle;
Object.defineProperty(BareHandle, 'prototype', { value: Handle.prototype });

/** Starts the coroutine of a task. */
export class FirstStep extends BareHandle {
  override readonly lane: Task;
  override sequence = 0;
  declare context: undefined;
  declare isCancelled: boolean;

  static {
    Object.defineProperties(FirstStep.prototype, {
      context: { value: undefined },
      isCancelled: { value: false, writable: true },
    });
  }

  constructor(task: Task) {
    super();
    this.lane = task;
  }

  override run(): void {
    this.lane.start();
  }

  override get label(): string {
    return `${this.lane.label} starts`;
  }
}
