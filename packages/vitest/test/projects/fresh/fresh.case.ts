import type { ProgramContext } from '@timeloom/explore';
import { test } from '@timeloom/vitest';
import { vi } from 'vitest';
import { cached } from './answer-cache.ts';

async function askTwice({ io, assert }: ProgramContext, answerOf: typeof cached, key = 'answer'): Promise<void> {
  const ask = async (name: string, pauses: number): Promise<string> => {
    for (let i = 0; i < pauses; i++) await io(`${name} waits`);
    return await answerOf(key, async () => {
      await io(`${name} fetches`);
      return name;
    });
  };
  const [a, b] = await Promise.all([ask('a', 0), ask('b', 1)]);
  assert(a === b, `one was told ${a}, the other ${b}`);
}

test.explore('keeps what its module keeps', { runs: 50 }, async (context) => {
  await askTwice(context, cached);
});

test.explore('must not keep what its module keeps', { runs: 50, nondeterminism: 'error' }, async (context) => {
  await askTwice(context, cached, 'other answer');
});

test.explore('imports its module anew', { runs: 50, leaks: 'allow' }, async (context) => {
  vi.resetModules();
  const fresh = await context.loop.external(import('./answer-cache.ts'));
  await askTwice(context, fresh.cached);
});
