import { coroutine, createTask, sleep } from '@timeloom/asyncio';
import { encodeToken } from '@timeloom/trace';
import {
  explore,
  formatFailure,
  replay,
  searchLimits,
  type ExploreOptions,
  type Failure,
  type Program,
} from '@timeloom/explore';
import { describe, expect, it } from 'vitest';

async function failureOf(program: Program, options?: ExploreOptions): Promise<Failure> {
  const { failures } = await explore(program, { runs: 20, ...options });
  expect(failures).toHaveLength(1);
  return failures[0]!;
}

/** Failing programs, with the key of their failure. */
const programs: [what: string, program: Program, key: string][] = [
  [
    'throws at once',
    () => {
      throw new Error('at once');
    },
    'failed: Error: at once',
  ],
  ['waits for a promise that nobody settles', async () => await new Promise(() => {}), 'deadlocked: function()'],
  [
    'never lets time pass',
    async () => {
      for (;;) await sleep(0);
    },
    'limited: LivelockError',
  ],
  [
    'never ends',
    async () => {
      for (;;) await sleep(1);
    },
    'limited: StepLimitError',
  ],
  [
    'leaves a task that fails alone',
    async () => {
      createTask(async () => {
        await sleep(1);
        throw new Error('nobody looked');
      });
      await sleep(5);
    },
    'failed: Error: nobody looked',
  ],
  [
    'rejects a promise that nobody handles',
    async () => {
      void Promise.reject(new Error('nobody heard'));
      await sleep(5);
    },
    'failed: Error: nobody heard',
  ],
  [
    'forgets to await a coroutine',
    async () => {
      coroutine(async function forgotten() {})();
      await sleep(5);
    },
    "failed: Error: coroutine 'forgotten' was never awaited",
  ],
];

describe('A program that', () => {
  it.each(programs)(
    '%s is a failure with a token that replays it, an explanation, and a report',
    async (_, program, key) => {
      const limits = { maxSteps: 300, maxStepsPerInstant: 100 };
      const failure = await failureOf(program, limits);
      expect(failure).toMatchObject({ key, nondeterminism: null, schedule: { differences: [] } });
      expect((await replay(program, failure.token!, limits)).outcome.kind).toBe(key.split(':', 1)[0]);
      expect(failure.explanation!.run.outcome).toBe(key.split(':', 1)[0]);
      expect(formatFailure(failure)).toContain('first in, first out is enough');
    },
  );

  it('never awaits passes, in the one order that it has', async () => {
    const { passed, runs, coverage } = await explore(() => 1);
    expect({ passed, runs, coverage }).toEqual({ passed: true, runs: 1, coverage: 'exhaustive: 1 order' });
  });

  it('spins is replayed with the limits that a search has by default', async () => {
    const firstInFirstOut = encodeToken({ differences: [] }, 0);
    const { outcome } = await replay(async () => {
      for (;;) await sleep(0);
    }, firstInFirstOut);
    expect(outcome).toMatchObject({ error: { name: 'LivelockError', steps: searchLimits.maxStepsPerInstant } });
  });
});

it('A search that was interrupted by a failure leaves the unhandled rejections of the process to the process', async () => {
  const before = process.listeners('unhandledRejection');
  await failureOf(programs[5]![1]);
  expect(process.listeners('unhandledRejection')).toEqual(before);
});
