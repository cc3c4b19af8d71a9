import { install } from '@sinonjs/fake-timers';
import { installHost, takeOver } from '@timeloom/host';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

function installAndRemove(n: number): void {
  for (let i = 0; i < n; i++) installHost(new EventLoop({ clock: new VirtualClock() }))();
}

/** Each installation takes the host over and gives it back. */
export const withTakeover: Prepare = (n) => async () => installAndRemove(n);

/** The host is taken over once, as for a search. */
export const afterTakeover: Prepare = (n) => async () => {
  const restore = takeOver();
  installAndRemove(n);
  restore();
};

/** All that fake-timers has, but for what makes Node hang. */
export const fakeInstallation: Prepare = (n) => async () => {
  for (let i = 0; i < n; i++) install({ toNotFake: ['nextTick', 'queueMicrotask'] }).uninstall();
};
