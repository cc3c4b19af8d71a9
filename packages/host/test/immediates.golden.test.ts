import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runVirtually } from './helpers.ts';

const nonsense: readonly unknown[] = [{}, [], () => undefined, null, undefined, NaN];

it('clearImmediate of what is no immediate leaves alone the immediates of the host, on which the loop runs', async () => {
  const seen = await runVirtually(async () => {
    const fired: string[] = [];
    const timer = setTimeout(() => fired.push('timer'), 5);
    for (let i = 0; i < 20; i++) for (const value of [...nonsense, timer]) clearImmediate(value as never);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await turn();
    return fired;
  });
  expect(seen).toEqual(['timer']);
  // The host's own.
  await turn();
});
