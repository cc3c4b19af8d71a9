import { UnsettledError } from './exit-code.ts';

/** Fails when the program has failed, or can never end, although nobody told its main. */
export function watchForEscape(loops: { readonly running: boolean }): { failure: Promise<never>; stop: () => void } {
  let fail!: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const hostEmpty = (): void => {
    // A running loop finds its own deadlock, and can tell more about it.
    if (loops.running) return;
    fail(new UnsettledError('Deadlock: the program awaits, outside of any loop, a promise that nobody settles.'));
  };
  const others = process.listenerCount('unhandledRejection');
  const rejected = (error: unknown): void => {
    // The program listens itself: for Node such a rejection is handled.
    if (process.listenerCount('unhandledRejection') > others + 1) return;
    // The run that it entered has failed with it as well.
    if (loops.running && (error as { code?: unknown } | null)?.code === 'TIMELOOM_UNCONTROLLED') return;
    fail(error);
  };
  process.on('unhandledRejection', rejected);
  process.on('beforeExit', hostEmpty);
  const stop = (): void => {
    process.off('unhandledRejection', rejected);
    process.off('beforeExit', hostEmpty);
  };
  return { failure, stop };
}
