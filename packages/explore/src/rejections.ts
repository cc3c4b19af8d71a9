import { runningLoop, takeOverRejections } from '@timeloom/loop';

let watching = 0;
let stop: () => void = () => {};

/**
 * While `action` runs, a native promise that is rejected and not handled fails the run that rejected
 * it, instead of the process. May be nested.
 */
export async function watchingRejections<T>(action: () => Promise<T>): Promise<T> {
  if (watching++ === 0) stop = takeOverRejections(report);
  try {
    return await action();
  } finally {
    if (--watching === 0) stop();
  }
}

/** Tells the loop whose step has just ended; false if it was no loop's. */
function report(reason: unknown): boolean {
  const loop = runningLoop();
  loop?.callExceptionHandler({ message: 'Unhandled rejection', exception: reason });
  return loop !== null;
}
