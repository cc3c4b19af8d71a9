import { asyncGenerator, createTask, getRunningLoop, sleep } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

/** Counts, and logs when it is closed. */
function counter(log: string[], closingMs = 0) {
  return asyncGenerator(async function* count(from: number) {
    try {
      for (let n = from; ; n++) {
        await sleep(10);
        yield n;
      }
    } finally {
      await sleep(closingMs);
      log.push(`closed at ${now()}`);
    }
  });
}

describe('An async generator', () => {
  it('is closed at the end of the run if it was dropped', async () => {
    const log: string[] = [];
    await runVirtual(async () => {
      const generator = counter(log, 5)(1);
      expect(await generator.next()).toEqual({ done: false, value: 1 });
      expect(log).toEqual([]);
    });
    expect(log).toEqual(['closed at 15']);
  });

  it('is closed in place by a `for await` that is left early, and not again', async () => {
    const log: string[] = [];
    await runVirtual(async () => {
      for await (const n of counter(log)(1)) if (n === 3) break;
      log.push('left');
    });
    expect(log).toEqual(['closed at 30', 'left']);
  });

  it('takes values, exceptions, and its end from outside', async () => {
    await runVirtual(async () => {
      const echo = asyncGenerator(async function* () {
        let heard = '';
        for (;;) {
          try {
            heard = yield heard;
          } catch (error) {
            heard = `caught ${(error as Error).message}`;
          }
        }
      });
      const generator = echo();
      await generator.next('unheard');
      expect((await generator.next('a')).value).toBe('a');
      expect((await generator.throw(new Error('b'))).value).toBe('caught b');
      expect(await generator.return('end' as never)).toEqual({ done: true, value: 'end' });
      expect(await generator.next('c')).toEqual({ done: true, value: undefined });
    });
  });

  it('that fails while it is closed is reported', async () => {
    const reports: string[] = [];
    await runVirtual(async () => {
      getRunningLoop().setExceptionHandler((_, { message, exception }) => reports.push(`${message}: ${exception}`));
      const broken = asyncGenerator(async function* broken() {
        try {
          yield 1;
        } finally {
          await Promise.reject(new Error('no'));
        }
      });
      await broken().next();
    });
    expect(reports).toEqual(['an error occurred during closing of asynchronous generator broken(): Error: no']);
  });

  it('that waits for something of its own cannot be closed', async () => {
    await runVirtual(async () => {
      const reports: string[] = [];
      getRunningLoop().setExceptionHandler((_, { exception }) => reports.push(String(exception)));
      const generator = counter([])(1);
      const task = createTask(() => generator.next());
      await sleep(1);
      await getRunningLoop().shutdownAsyncgens();
      expect(reports).toEqual(['RuntimeError: count() cannot be closed: it is running']);
      await task;
      await generator.return(undefined as never);
    });
  });

  it('that begins after the shutdown is reported', async () => {
    await runVirtual(async () => {
      const reports: string[] = [];
      const loop = getRunningLoop();
      loop.setExceptionHandler((_, { message }) => reports.push(message));
      await loop.shutdownAsyncgens();
      const generator = counter([])(1);
      await generator.next();
      await generator.return(undefined as never);
      expect(reports).toEqual(['asynchronous generator count() was scheduled after loop.shutdownAsyncgens() call']);
    });
  });

  it('works outside of a loop as it is', async () => {
    const numbers = asyncGenerator(async function* () {
      yield 1;
      yield 2;
    });
    const seen: number[] = [];
    for await (const n of numbers()) seen.push(n);
    expect(seen).toEqual([1, 2]);
  });

  it('must come from a function', async () => {
    expect(await errorOf(() => asyncGenerator(42 as never))).toBeInstanceOf(TypeError);
  });
});
