import {
  allTasks,
  createTask,
  ensureFuture,
  gather,
  getRunningLoop,
  isCancelled,
  sleep,
  wait,
  type Awaitable,
  type Suspend,
} from '@timeloom/asyncio';
import type { Instrument } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { now, runVirtual } from './helpers.ts';

/** A random program of sleeps: one after the other, or side by side. */
type Program = { sleepMs: number } | { sequence: Program[] } | { parallel: Program[] };

// Whole milliseconds below 2^20, so that sums of them are exact.
const delay = fc.integer({ min: 0, max: 100_000 });

const { program } = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ sleepMs: delay }),
    fc.record({ sequence: fc.array(tie('program'), { maxLength: 4 }) }),
    fc.record({ parallel: fc.array(tie('program'), { maxLength: 4 }) }),
  ),
}));

function longestPath(one: Program): number {
  if ('sleepMs' in one) return one.sleepMs;
  if ('sequence' in one) return one.sequence.reduce((sum, part) => sum + longestPath(part), 0);
  return Math.max(0, ...one.parallel.map(longestPath));
}

async function execute(one: Program): Promise<void> {
  if ('sleepMs' in one) await sleep(one.sleepMs);
  else if ('sequence' in one) for (const part of one.sequence) await execute(part);
  else await gather(one.parallel.map((part) => () => execute(part)));
}

function* executeAsGenerator(one: Program): Generator<Suspend, void, unknown> {
  if ('sleepMs' in one) yield* sleep(one.sleepMs);
  else if ('sequence' in one) for (const part of one.sequence) yield* executeAsGenerator(part);
  else yield* gather(one.parallel.map((part) => () => executeAsGenerator(part)));
}

/** Every step with its time, as text. */
function tracer(): Instrument & { lines: string[] } {
  const lines: string[] = [];
  return { lines, stepStarted: (handle, time) => lines.push(`${time} ${handle.label}`) };
}

describe('Any program of sleeps', () => {
  it('takes exactly the virtual time of its longest path, in both forms', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (one) => {
        expect(await runVirtual(() => execute(one).then(now))).toBe(longestPath(one));
        const end = await runVirtual(function* () {
          yield* executeAsGenerator(one);
          return now();
        });
        expect(end).toBe(longestPath(one));
      }),
    );
  });

  it('gives the same trace each time', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (one) => {
        const traces = [tracer(), tracer()];
        for (const trace of traces) await runVirtual(() => execute(one), { instruments: [trace] });
        expect(traces[0]!.lines).toEqual(traces[1]!.lines);
      }),
    );
  });

  it('with delays drawn from the loop gives the trace of its seed', async () => {
    const trace = async (seed: number): Promise<string[]> => {
      const instrument = tracer();
      const nap = async () => {
        for (let i = 0; i < 3; i++) await sleep(getRunningLoop().random() * 1000);
      };
      await runVirtual(async () => void (await gather([nap, nap, nap])), { seed, instruments: [instrument] });
      return instrument.lines;
    };
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), async (a, b) => {
        expect(await trace(a)).toEqual(await trace(a));
        if (a !== b) expect(await trace(a)).not.toEqual(await trace(b));
      }),
    );
  });
});

describe('Thousands of sleepers', () => {
  type Sleeper = (delayMs: number, woke: () => void) => Awaitable<void>;
  const kinds: Sleeper[] = [
    (delayMs, woke) => async () => {
      await sleep(delayMs);
      woke();
    },
    (delayMs, woke) => () => napThen(delayMs, woke),
    (delayMs, woke) => (async () => (await sleep(delayMs), woke()))(),
    (delayMs, woke) => new Promise((resolve) => getRunningLoop().callLater(delayMs, () => (woke(), resolve()))),
  ];
  function* napThen(delayMs: number, woke: () => void): Generator<Suspend, void, unknown> {
    yield* sleep(delayMs);
    woke();
  }

  it('wake in the order of their deadlines, and those that were cancelled do not', async () => {
    const sleepers = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(kinds.length - 1)), {
      minLength: 1200,
      maxLength: 2500,
    });
    await fc.assert(
      fc.asyncProperty(sleepers, fc.integer({ min: 0, max: 500 }), async (all, cancelAtMs) => {
        const woken: number[] = [];
        await runVirtual(async () => {
          const tasks = all.map(([delayMs, kind]) => ensureFuture(kinds[kind]!(delayMs, () => woken.push(now()))));
          await sleep(cancelAtMs);
          const late = new Set(tasks.filter((task, i) => all[i]![1] < 2 && i % 3 === 0 && !task.done()));
          for (const task of late) task.cancel();
          await gather(tasks, { returnExceptions: true });
          const others = tasks.flatMap((task, i) => (late.has(task) ? [] : [all[i]![0]]));
          expect(woken).toEqual(others.toSorted((a, b) => a - b));
        });
      }),
      { numRuns: 5 },
    );
  });
});

describe('The results of gather', () => {
  it('keep the order of the arguments whatever the delays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(delay, { maxLength: 20 }), async (delays) => {
        const results = await runVirtual(async () => await gather(delays.map((ms, i) => sleep(ms, i))));
        expect(results).toEqual(delays.map((_, i) => i));
      }),
    );
  });
});

describe('wait', () => {
  it('splits by its deadline exactly', async () => {
    const cases = fc.tuple(fc.array(delay, { minLength: 1, maxLength: 20 }), delay);
    await fc.assert(
      fc.asyncProperty(cases, async ([delays, timeoutMs]) => {
        await runVirtual(async () => {
          const tasks = delays.map((ms) => createTask(sleep(ms, ms)));
          // The tasks' own timers are made one turn after the call, so that a tie goes to the timeout.
          const [done, pending] = await wait(tasks, { timeoutMs });
          const longest = Math.max(...delays);
          expect(now()).toBe(Math.min(timeoutMs, longest));
          for (const [i, task] of tasks.entries()) {
            if (delays[i]! < timeoutMs) expect(done.has(task)).toBe(true);
            if (delays[i]! > timeoutMs) expect(pending.has(task)).toBe(true);
          }
          expect(done.size + pending.size).toBe(tasks.length);
        });
      }),
    );
  });
});

describe('Cancelling any program at any step', () => {
  it('leaves no task pending and no timer behind', async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.nat(40), async (one, cancelAtStep) => {
        await runVirtual(async () => {
          const loop = getRunningLoop();
          const task = createTask(() => execute(one));
          for (let step = 0; step < cancelAtStep && !task.done(); step++) await sleep(0);
          const wasDone = task.done();
          task.cancel();
          try {
            await task;
            expect(wasDone || task.done()).toBe(true);
          } catch (error) {
            expect(isCancelled(error)).toBe(true);
          }
          // Children end within as many turns as the program is deep.
          for (let turn = 0; turn < 50; turn++) await sleep(0);
          expect([...allTasks()].length).toBe(1);
          expect(loop.statistics().pendingTimers).toBe(0);
        });
      }),
    );
  });
});
