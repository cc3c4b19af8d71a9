import {
  forgetNewListeners,
  hearsExceptions,
  LoopClosedError,
  raise,
  runningLoop,
  takeOverUncaught,
  UncontrolledAsyncError,
  type EventLoop,
  type ExceptionReport,
  type UncaughtEvent,
} from '@timeloom/loop';

let watching = 0;
let stop: () => void = () => {};

/**
 * While `action` runs, what nobody catches fails the run that it comes from, instead of the process: a
 * native promise that is rejected and not handled, an exception in a microtask, a `nextTick`, a callback
 * of real I/O. Searches do this by themselves; whoever imports the modules of a program before its search
 * does it around both: listeners of the process that are made meanwhile are the program's. They hear of it
 * as in a process of their own, and what they hear of is no failure. May be nested.
 */
export async function watchingUncaught<T>(action: () => Promise<T>): Promise<T> {
  if (watching++ === 0) stop = takeOverUncaught(hear);
  try {
    return await action();
  } finally {
    if (--watching === 0) stop();
  }
}

/** The runs that have begun and not ended; nearly always one, and a Set would be made anew by each deletion. */
const runs: EventLoop[] = [];

/** A run begins; gives what ends it. The listeners that it leaves behind have no part in the next one. */
export function beginRun(loop: EventLoop): () => void {
  const forget = forgetNewListeners();
  runs.push(loop);
  return () => {
    const last = runs.pop()!;
    if (last !== loop) runs[runs.indexOf(loop)] = last;
    forget();
  };
}

/**
 * Has listeners of the program hear of an exception, if it comes from a callback, e.g. of a timer: where the
 * host calls it they would. False if there are none.
 */
export function heardByProgram({ handle, exception }: ExceptionReport): boolean {
  if (handle === undefined || !hearsExceptions()) return false;
  raise(exception);
  return true;
}

function hear(event: UncaughtEvent, error: unknown, tellProgram: () => boolean): 'taken' | 'raised' | 'foreign' {
  if (isOfARunThatIsOver(error)) return 'taken';
  // Between two steps real I/O calls back: what it does is that of the run, if there is but one.
  const loop = runningLoop() ?? theOnly(runs);
  try {
    if (tellProgram()) return 'taken';
  } catch (thrown) {
    // Of a listener of rejections the host raises it; otherwise it would end the process.
    if (loop === null || event === 'unhandledRejection') throw thrown;
    fail(loop, event, thrown);
    return 'taken';
  }
  if (loop === null) return 'foreign';
  if (event === 'unhandledRejection' && hearsExceptions()) return 'raised';
  fail(loop, event, error);
  return 'taken';
}

function fail(loop: EventLoop, event: UncaughtEvent, exception: unknown): void {
  const message = event === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
  loop.callExceptionHandler({ message, exception });
}

function theOnly<T>(all: readonly T[]): T | null {
  return all.length === 1 ? all[0]! : null;
}

/** The run has ended with the first of these; the second is what code gets that goes on after its run. */
function isOfARunThatIsOver(exception: unknown): boolean {
  return exception instanceof UncontrolledAsyncError || exception instanceof LoopClosedError;
}
