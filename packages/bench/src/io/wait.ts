import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { install } from '@sinonjs/fake-timers';
import { installHost } from '@timeloom/host';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

/** Waits for a process that takes `n` real milliseconds. */

const run = promisify(execFile);

const waitFor = async (n: number): Promise<void> => {
  const { stdout } = await run(process.execPath, ['-e', `setTimeout(() => console.log('done'), ${n})`]);
  if (stdout !== 'done\n') throw new Error(`the process said ${stdout}`);
};

/** The host alone. */
export const hostWait: Prepare = (n) => () => waitFor(n);

/** On a virtual clock, with a timeout that has to lose. */
export const ourWait: Prepare = (n) => async () => {
  const loop = new EventLoop({ clock: new VirtualClock() });
  const restore = installHost(loop);
  await loop.runUntilComplete(() => {
    setTimeout(() => {
      throw new Error('the virtual timeout won');
    }, 30_000);
    return waitFor(n);
  });
  restore();
  loop.close();
};

/** @sinonjs/fake-timers that moves from timer to timer by itself, without a timer: that one would win. */
export const fakeWait: Prepare = (n) => async () => {
  const clock = install({ toFake: ['setTimeout'] });
  clock.setTickMode({ mode: 'nextAsync' });
  await waitFor(n);
  clock.uninstall();
};
