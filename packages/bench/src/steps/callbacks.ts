import { install } from '@sinonjs/fake-timers';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

/** `n` callbacks, each of which schedules the next. */
function chain(n: number, schedule: (callback: () => void) => unknown, done: () => void): void {
  let left = n;
  const next = (): void => void (--left > 0 ? schedule(next) : done());
  schedule(next);
}

export const callSoonChain: Prepare = (n) => async () => {
  const loop = new EventLoop({ clock: new VirtualClock(), maxStepsPerInstant: Infinity });
  await loop.runUntilComplete(() => new Promise<void>((done) => chain(n, (next) => loop.callSoon(next), done)));
  loop.close();
};

export const fakeImmediateChain: Prepare = (n) => async () => {
  const clock = install({ toFake: ['setImmediate'], loopLimit: n + 1 });
  const finished = new Promise<void>((done) => chain(n, setImmediate, done));
  await clock.runAllAsync();
  await finished;
  clock.uninstall();
};

export const hostImmediateChain: Prepare = (n) => () => new Promise((done) => chain(n, setImmediate, done));
