import { AsyncioEventLoop } from '@timeloom/asyncio';
import { EventLoop, formatWaitGraph, show } from '@timeloom/loop';
import { isTaskOfVitest } from '../virtual-try.ts';
import type { Verdict } from './settling.ts';

/** See {@link TimeloomMatchers.toHaveNoPendingTasks}. */
export function toHaveNoPendingTasks(loop: unknown): Verdict {
  if (!(loop instanceof AsyncioEventLoop)) {
    throw new TypeError(`toHaveNoPendingTasks() expects the loop of a test, got ${show(loop)}`);
  }
  const running = loop.currentAwaiter();
  const pending = loop.tasks.all().filter((task) => task !== running && !isTaskOfVitest(task));
  const nodes = pending.map((task) => task.toWaitNode());
  return {
    pass: pending.length === 0,
    message: () =>
      pending.length === 0
        ? 'expected the loop to have tasks that are not done, it has none'
        : ['expected the loop to have no tasks that are not done, it has', ...formatWaitGraph(nodes)].join('\n'),
  };
}

/** See {@link TimeloomMatchers.toHaveNoTimers}. */
export function toHaveNoTimers(loop: unknown): Verdict {
  if (!(loop instanceof EventLoop))
    throw new TypeError(`toHaveNoTimers() expects the loop of a test, got ${show(loop)}`);
  const timers = loop.pendingTimers();
  const now = loop.time();
  return {
    pass: timers.length === 0,
    message: () =>
      timers.length === 0
        ? 'expected the loop to have timers, it has none'
        : [
            'expected the loop to have no timers, it has',
            ...timers.map(({ label, when }) => `  ${label}, due in ${when - now} ms`),
          ].join('\n'),
  };
}
