import { EventLoop, VirtualClock, type EventLoopOptions } from '@timeloom/loop';
import { expect } from 'vitest';
import { installHost, type HostOptions } from '../src/index.ts';

interface RunOptions {
  readonly loop?: EventLoopOptions;
  readonly host?: HostOptions;
  /** Default: an exception of a callback fails the run. */
  readonly ignoreExceptions?: boolean;
}

/**
 * Runs a program on a new loop that is installed on the host.
 *
 * @param program gets a function that tells the milliseconds since the begin.
 */
export async function runVirtually<T>(
  program: (now: () => number) => T | PromiseLike<T>,
  { loop: loopOptions, host: hostOptions, ignoreExceptions = false }: RunOptions = {},
): Promise<T> {
  const loop = new EventLoop({ clock: new VirtualClock(), ...loopOptions });
  const exceptions: unknown[] = [];
  loop.setExceptionHandler((_, report) => exceptions.push(report.exception));
  using _host = installHost(loop, hostOptions);
  const start = loop.time();
  const result = await loop.runUntilComplete(() => program(() => loop.time() - start));
  if (!ignoreExceptions) expect(exceptions).toEqual([]);
  return result;
}
