import { RuntimeError, show } from '@timeloom/loop';
import { currentLoop } from './current.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Suspend } from './future.ts';
import { startAwait, ThrowStep, type Awaiter, type Reject, type Resolve } from './waiter.ts';

/**
 * Runs a generator coroutine: each thing that it yields is awaited, and the generator goes on with
 * the result or the exception. Between two suspensions it runs synchronously.
 */
export function drive(generator: Generator<Suspend, unknown, unknown>, resolve: Resolve, reject: Reject): void {
  const advance = (step: () => IteratorResult<Suspend, unknown>): void => {
    let result: IteratorResult<Suspend, unknown>;
    try {
      result = step();
    } catch (error) {
      reject(error);
      return;
    }
    if (result.done === true) resolve(result.value);
    else suspend(result.value);
  };
  const goOn = (value: unknown): void => advance(() => generator.next(value));
  const fail = (error: unknown): void => advance(() => generator.throw(error));
  const suspend = (awaited: unknown): void => {
    if (awaited instanceof Promise && !('beginAwait' in awaited)) {
      const loop = currentLoop();
      const task = loop?.currentAwaiter() ?? null;
      awaited.then(
        (value) => inLane(loop, task, () => goOn(value)),
        (error: unknown) => inLane(loop, task, () => fail(error)),
      );
      return;
    }
    if (typeof awaited === 'object' && awaited !== null && 'then' in awaited) {
      startAwait(awaited as Suspend, goOn, fail);
      return;
    }
    // As CPython: the task hears of it one step later.
    const error = new RuntimeError(`Task got bad yield: ${show(awaited)}`);
    const loop = currentLoop();
    if (loop === null) fail(error);
    else loop.schedule(new ThrowStep(loop.currentAwaiter(), fail, error, loop.context));
  };
  goOn(undefined);
}

/** A native promise settles in anybody's step; the generator that awaited it goes on as its own task. */
function inLane(loop: AsyncioEventLoop | null, task: Awaiter | null, action: () => void): void {
  if (loop === null || task === null) {
    action();
    return;
  }
  const { currentLane, context } = loop;
  loop.currentLane = task;
  loop.context = task.context;
  try {
    action();
  } finally {
    loop.currentLane = currentLane;
    loop.context = context;
  }
}
