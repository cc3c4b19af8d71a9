import {
  LoopClosedError,
  runningLoop,
  takeOverExceptions,
  takeOverRejections,
  UncontrolledAsyncError,
} from '@timeloom/loop';

let watching = 0;
let stop: () => void = () => {};

/**
 * While `action` runs, what nobody catches fails the run that it comes from, instead of the process: a
 * native promise that is rejected and not handled, an exception in a microtask or in a `nextTick`. May
 * be nested.
 */
export async function watchingUncaught<T>(action: () => Promise<T>): Promise<T> {
  if (watching++ === 0) stop = watch();
  try {
    return await action();
  } finally {
    if (--watching === 0) stop();
  }
}

function watch(): () => void {
  const stops = [
    takeOverRejections((reason) => report('Unhandled rejection', reason)),
    takeOverExceptions((error) => report('Uncaught exception', error)),
  ];
  return () => {
    for (const stopOne of stops) stopOne();
  };
}

/** Tells the loop whose step has just ended; false if it was no loop's. */
function report(message: string, exception: unknown): boolean {
  const loop = runningLoop();
  loop?.callExceptionHandler({ message, exception });
  return loop !== null || isOfARunThatIsOver(exception);
}

/** The run has ended with the first of these; the second is what code gets that goes on after its run. */
function isOfARunThatIsOver(exception: unknown): boolean {
  return exception instanceof UncontrolledAsyncError || exception instanceof LoopClosedError;
}
