import { EventLoop, VirtualClock, type EventLoopOptions, type Scheduler } from '@timeloom/loop';
import { installHost, simulateIo, type SimulatedIoOptions } from '../../src/index.ts';

/** Runs `main` with the host and simulated I/O on a new virtual clock. */
export async function withSimulation<T>(
  io: SimulatedIoOptions,
  main: (loop: EventLoop) => Promise<T>,
  options: EventLoopOptions = {},
): Promise<T> {
  const loop = new EventLoop({ clock: new VirtualClock(), uncontrolled: 'error', ...options });
  const restoreHost = installHost(loop);
  const restoreIo = simulateIo(loop, io);
  try {
    return await loop.runUntilComplete(() => main(loop));
  } finally {
    restoreIo();
    restoreHost();
    loop.close();
  }
}

/** Takes the option with that label wherever there is one, and the first elsewhere. */
export function takingLabel(label: RegExp): Scheduler & { readonly points: string[][] } {
  const points: string[][] = [];
  return {
    points,
    choose(point) {
      const labels = Array.from({ length: point.size }, (_, option) => point.labelOf(option));
      points.push(labels);
      return Math.max(
        0,
        labels.findIndex((option) => label.test(option)),
      );
    },
  };
}
