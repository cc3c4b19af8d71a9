import { AsyncioEventLoop, getRunningLoop, run, VirtualClock, type Main, type RunnerOptions } from '@timeloom/asyncio';

/** Runs a program on a virtual clock. */
export function runVirtual<T>(main: Main<T>, options: RunnerOptions = {}): Promise<T> {
  return run(main, { clock: new VirtualClock(), ...options });
}

/** A loop on a virtual clock. */
export function virtualLoop(): AsyncioEventLoop {
  return new AsyncioEventLoop({ clock: new VirtualClock() });
}

/** The running loop's time, in milliseconds. */
export function now(): number {
  return getRunningLoop().time();
}

/** What `action` throws or rejects with; fails if it does neither. */
export async function errorOf(action: () => unknown): Promise<Error> {
  try {
    await action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}
