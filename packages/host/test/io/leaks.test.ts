import { EventLoop, VirtualClock } from '@timeloom/loop';
import { expect, it } from 'vitest';
import { installHost } from '../../src/index.ts';

it('what was posted and is not delivered yet is no leak', async () => {
  const { port1, port2 } = new MessageChannel();
  const loop = new EventLoop({ clock: new VirtualClock() });
  const restore = installHost(loop);
  await loop.runUntilComplete(() => port1.postMessage('hello'));
  restore();
  expect(restore.leaks()).toEqual([]);
  port1.close();
  port2.close();
});
