import { runningLoop } from '@timeloom/loop';
import { globalTimers, safeTimerNames, safeTimers } from './realm.ts';

/** vitest's own: its time limits count real time, and so do its messages to the main process. */
const realTimeOf = /\b(?:withTimeout|runWithTimeout|TaskDeadline|withSafeTimers)\b/;

// Whoever asks is the second frame, or the third if it is a constructor.
const framesRead = 4;

/**
 * Lets `vi.waitFor`, `vi.waitUntil` and `expect.poll` count virtual time in a test in virtual time. They
 * take their timers from an object in which vitest keeps the real ones, each time they are called; so
 * does what has to count real time. Call it when the host is taken over; returns how to undo it.
 */
export function letPollingBeVirtual(): () => void {
  const kept = safeTimers();
  if (kept === undefined) return () => {};
  const real = { ...kept };
  const virtual = globalTimers();
  for (const name of safeTimerNames) {
    const get = (): unknown => (runningLoop() === null || asksForRealTime() ? real[name] : virtual[name]);
    Object.defineProperty(kept, name, { get, configurable: true, enumerable: true });
  }
  return () => {
    for (const name of safeTimerNames) {
      Object.defineProperty(kept, name, { value: real[name], writable: true, configurable: true, enumerable: true });
    }
  };
}

function asksForRealTime(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesRead;
  const { stack } = new Error('who asks');
  Error.stackTraceLimit = limit;
  return realTimeOf.test(stack ?? '');
}
