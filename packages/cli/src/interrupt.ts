import { ExitCode } from './exit-code.ts';

/**
 * Runs an action that ends early, and well, when the user presses Ctrl-C: its signal is aborted then. A
 * second Ctrl-C ends the process at once.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort();
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await action(controller.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
