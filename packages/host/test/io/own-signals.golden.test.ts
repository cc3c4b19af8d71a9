import { once } from 'node:events';
import { kill } from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { pause, withHost } from './helpers.ts';

it('A process hears of the signals that it sends to itself before time passes', { tags: ['host'] }, async () => {
  const log: unknown[] = [];
  const listener = (signal: string) => log.push(signal);
  process.on('SIGUSR2', listener);
  onTestFinished(() => void process.off('SIGUSR2', listener));
  const time = await withHost(async (loop) => {
    for (const send of [() => process.kill(process.pid, 'SIGUSR2'), () => kill(process.pid, 'SIGUSR2')]) {
      await pause(100);
      send();
      await pause(10);
      log.push('later');
      setImmediate(() => log.push('immediate'));
      send();
      await once(process, 'SIGUSR2');
      await pause(10);
    }
    return loop.time();
  });
  expect(log).toEqual(['SIGUSR2', 'later', 'SIGUSR2', 'immediate', 'SIGUSR2', 'later', 'SIGUSR2', 'immediate']);
  expect(time).toBe(240);
});

it('One that finds out whether it is there sends nothing', { tags: ['host'] }, async () => {
  expect(await withHost(async () => process.kill(process.pid, 0))).toBe(true);
});
