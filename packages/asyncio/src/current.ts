import { runningLoop, RuntimeError } from '@timeloom/loop';
import type { AsyncioEventLoop } from './event-loop.ts';

/** The asyncio loop whose step is running; null outside. */
export function currentLoop(): AsyncioEventLoop | null {
  const loop = runningLoop();
  return loop !== null && 'isAsyncioLoop' in loop ? (loop as AsyncioEventLoop) : null;
}

/**
 * The loop whose step is running. Mirrors `asyncio.get_running_loop`.
 *
 * @throws RuntimeError outside of a step.
 */
export function getRunningLoop(): AsyncioEventLoop {
  const loop = currentLoop();
  if (loop === null) throw new RuntimeError('no running event loop');
  return loop;
}
