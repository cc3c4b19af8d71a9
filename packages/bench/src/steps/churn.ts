import { install } from '@sinonjs/fake-timers';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

/** Sets and clears `n` timers, as code with timeouts that rarely strike does, among others that stay. */
const pending = 1000;
const pairsPerStep = 100;
const delayMs = 30_000;
const nothing = (): void => {};

/** All pairs in one step: nothing can be tidied up between them. */
export const oneStep: Prepare = (n) => () => churn(n, n);

/** {@link pairsPerStep} pairs in each step. */
export const manySteps: Prepare = (n) => () => churn(n, pairsPerStep);

async function churn(n: number, perStep: number): Promise<void> {
  const loop = new EventLoop({ clock: new VirtualClock(), maxStepsPerInstant: Infinity });
  for (let i = 0; i < pending; i++) loop.callLater(delayMs + i, nothing);
  const step = (left: number, done: () => void): void => {
    for (let i = 0; i < perStep; i++) loop.callLater(delayMs, nothing).cancel();
    if (left > perStep) loop.callSoon(() => step(left - perStep, done));
    else done();
  };
  await loop.runUntilComplete(() => new Promise<void>((done) => step(n, done)));
  if (loop.statistics().pendingTimers !== pending) throw new Error('timers were lost');
  loop.close();
}

export const fakeChurn: Prepare = (n) => async () => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] });
  for (let i = 0; i < pending; i++) setTimeout(nothing, delayMs + i);
  for (let i = 0; i < n; i++) clearTimeout(setTimeout(nothing, delayMs));
  if (clock.countTimers() !== pending) throw new Error('timers were lost');
  clock.uninstall();
};

export const hostChurn: Prepare = (n) => async () => {
  const kept = Array.from({ length: pending }, (_, i) => setTimeout(nothing, delayMs + i));
  for (let i = 0; i < n; i++) clearTimeout(setTimeout(nothing, delayMs));
  for (const timer of kept) clearTimeout(timer);
};
