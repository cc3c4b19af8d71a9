import { EventLoop, VirtualClock, type EventLoopOptions, type Instrument } from '@timeloom/loop';

/** A loop on a virtual clock whose reports are collected instead of logged. */
export function virtualLoop(options: EventLoopOptions = {}): EventLoop & { reports: string[] } {
  const loop = new EventLoop({ clock: new VirtualClock(), ...options });
  const reports: string[] = [];
  loop.setExceptionHandler((_, report) => reports.push(`${report.message}: ${String(report.exception)}`));
  return Object.assign(loop, { reports });
}

/** Runs what is scheduled until the clock has nothing left to do, `endMs` at the latest. */
export async function runAll(loop: EventLoop, endMs = 1e6): Promise<void> {
  loop.callAt(endMs, () => loop.stop());
  await loop.runForever();
}

/** Collects the labels of steps. */
export function stepRecorder(): Instrument & { steps: string[] } {
  const steps: string[] = [];
  return { steps, stepStarted: (handle, time) => steps.push(`${time} ${handle.label}`) };
}
