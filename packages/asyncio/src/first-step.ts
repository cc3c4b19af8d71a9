import { Handle, TimerHandle } from '@timeloom/loop';
import type { Coroutine } from './coroutine.ts';
import type { Task } from './task.ts';

/** A coroutine as it is the handle of the first step of its task. */
interface Starter {
  readonly task: Task;
}

/**
 * Makes handles of coroutines: a program may start a million tasks at once, and an object for each first step would be
 * a million more. They need no context, which the task has, nor need they know whether they are cancelled, which
 * they never are.
 */
export function makeFirstSteps(prototype: object): void {
  Object.setPrototypeOf(prototype, Handle.prototype);
  Object.defineProperties(prototype, {
    context: { value: undefined },
    isCancelled: { value: false },
    // Not that of handles: whoever calls it means the task.
    cancel: { value: undefined },
    lane: {
      get(this: Starter): Task {
        return this.task;
      },
    },
    sequence: {
      get(this: Starter): number {
        return this.task.startSequence;
      },
      set(this: Starter, sequence: number) {
        this.task.startSequence = sequence;
      },
    },
    run: {
      value(this: Starter): void {
        this.task.start();
      },
    },
    label: {
      get(this: Starter): string {
        return labelOf(this.task);
      },
    },
  });
}

/** The first step of a task: its coroutine, unless that is the first step of another, or is a sleep, which is its own timer. */
export function firstStepOf(task: Task): Handle {
  const coroutine: Coroutine = task.coroutine;
  const isFree = coroutine.task === task && !((coroutine as object) instanceof TimerHandle);
  return isFree ? (coroutine as unknown as Handle) : new FirstStep(task);
}

class FirstStep extends Handle {
  constructor(task: Task) {
    super(task, undefined);
  }

  run(): void {
    (this.lane as Task).start();
  }

  get label(): string {
    return labelOf(this.lane as Task);
  }
}

function labelOf(task: Task): string {
  return `${task.label} starts`;
}
