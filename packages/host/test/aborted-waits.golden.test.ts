import { setImmediate as immediate, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runVirtually } from './helpers.ts';

/** Controllers whose `abort` event no later listener of a program hears of. */
function stoppedController(): AbortController {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  return controller;
}

describe('A listener that stops the abort event', () => {
  it.each([
    ['a sleep', (signal: AbortSignal) => sleep(10_000, 'over', { signal })],
    [
      'a tick of an interval',
      (signal: AbortSignal) => ticks(10_000, 'over', { signal })[Symbol.asyncIterator]().next(),
    ],
  ])('does not keep the signal from ending %s', async (_, wait) => {
    const ending = await runVirtually(async (now) => {
      const controller = stoppedController();
      setTimeout(() => controller.abort(), 50);
      const outcome = await wait(controller.signal).catch((error: Error) => error.name);
      return [outcome, now()];
    });
    expect(ending).toEqual(['AbortError', 50]);
  });

  it('does not keep the signal from ending a wait for an immediate', async () => {
    const ending = await runVirtually(() => {
      const controller = stoppedController();
      const waiting = immediate('over', { signal: controller.signal });
      controller.abort();
      return waiting.catch((error: Error) => error.name);
    });
    expect(ending).toBe('AbortError');
  });
});
