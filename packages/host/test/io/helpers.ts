import { EventLoop, VirtualClock } from '@timeloom/loop';
import { onTestFinished } from 'vitest';
import { installHost, type HostOptions } from '../../src/index.ts';

/** Runs `main` on a virtual clock that waits for real I/O; a 30 s timeout on that clock must lose. */
export function beatsTimeout<T>(main: () => Promise<T>, options: HostOptions = {}): Promise<T> {
  return withHost(() => beforeTimeout(main()), options);
}

/** Rejects when `promise` has not settled in 30 s of the clock that is installed. */
export async function beforeTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the virtual timeout won')), 30_000);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `main` with the host on a new loop; gives the loop to it. */
export async function withHost<T>(main: (loop: EventLoop) => Promise<T>, options: HostOptions = {}): Promise<T> {
  const loop = new EventLoop({ clock: new VirtualClock() });
  const restore = installHost(loop, options);
  // A test that takes too long never gets to its end, and those behind it need the host as well.
  onTestFinished(restore);
  try {
    return await loop.runUntilComplete(() => main(loop));
  } finally {
    restore();
  }
}

/** Virtual milliseconds pass. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
