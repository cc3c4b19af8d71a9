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
  process.on('unhandledRejection', fail);
  process.on('beforeExit', hostEmpty);
  const stop = (): void => {
    process.off('unhandledRejection', fail);
    process.off('beforeExit', hostEmpty);
  };
  return { failure, stop };
}
