import { takeOverRejections } from '@timeloom/loop';

type Receiver = (reason: unknown) => void;

let receiver: Receiver | null = null;
let stop: (() => void) | null = null;

/**
 * From now on a rejection that nobody handles goes to the test whose try is on, if there is one, instead
 * of to vitest, which would blame the file; not if the test listens to rejections itself. Returns how to stop that.
 */
export function watchRejections(): () => void {
  stop ??= takeOverRejections((reason) => {
    receiver?.(reason);
    return receiver !== null;
  });
  return () => {
    stop?.();
    stop = null;
  };
}

/** Has rejections told to a try, until the returned function is called. */
export function receiveRejections(next: Receiver): () => void {
  receiver = next;
  // It costs more than all the rest of a try, so that a file does it once.
  const unwatch = stop === null ? watchRejections() : () => {};
  return () => {
    receiver = null;
    unwatch();
  };
}

/**
 * True if the program listens to exceptions that nobody catches. What it hears of is its own affair, as it is to
 * vitest, whose listener is always there.
 */
export function programHearsExceptions(): boolean {
  return process.listenerCount('uncaughtException') > 1;
}
