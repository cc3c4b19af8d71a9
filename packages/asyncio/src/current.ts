import { runningLoop, RuntimeError } from '@timeloom/loop';
import { loopBetweenSteps } from './attribution.ts';
import type { AsyncioEventLoop } from './event-loop.ts';

/** The asyncio loop whose step, or whose task, is running; null outside. */
export function currentLoop(): AsyncioEventLoop | null {
  const loop = runningLoop();
  if (loop === null) return loopBetweenSteps();
  return 'isAsyncioLoop' in loop ? (loop as AsyncioEventLoop) : null;
}

/**
 * The loop whose step is running; between steps, the loop of the task that goes on after a native
 * promise. Mirrors `asyncio.get_running_loop`.
 *
 * @throws RuntimeError outside of both.
 */
export function getRunningLoop(): AsyncioEventLoop {
  const loop = currentLoop();
  if (loop === null) throw new RuntimeError('no running event loop');
  return loop;
}
