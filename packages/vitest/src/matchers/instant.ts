import type { EventLoop } from '@timeloom/loop';

/**
 * Calls back, in a step, when nothing is left to do at this instant: before the clock moves, or the
 * loop declares a deadlock. `isEnd` is asked first, each time; default: the first time is it. Returns
 * how to stop waiting.
 */
export function whenInstantEnds(loop: EventLoop, callback: () => void, isEnd: () => boolean = () => true): () => void {
  let stopped = false;
  const letGo = loop.holdWhile({
    inFlight(wake) {
      if (stopped || !isEnd()) return false;
      const { steps } = loop.statistics();
      const decide = (): void => {
        // Operations that are pending under a search run at the same instant.
        const isOver = !stopped && loop.statistics().steps === steps;
        if (isOver) {
          stop();
          loop.callSoonThreadsafe(callback, { label: 'the instant ends' });
        }
        wake();
      };
      // The loop waits from the end of this macrotask on.
      void Promise.resolve().then(decide);
      return true;
    },
  });
  const stop = (): void => {
    stopped = true;
    letGo();
  };
  return stop;
}
