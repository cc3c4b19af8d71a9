import {
  CancelledError,
  ConcurrentFuture,
  coroutine,
  getRunningLoop,
  runCoroutineThreadsafe,
  sleep,
  wrapFuture,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual, virtualLoop } from './helpers.ts';

describe('runCoroutineThreadsafe', () => {
  it('runs a coroutine on a loop; a coroutine that returns at once takes five turns', async () => {
    const main = coroutine(function* () {
      const loop = getRunningLoop();
      const { turns } = loop.statistics();
      const done = loop.createFuture<number>();
      done.setResult(42);
      const atOnce = coroutine(function* () {
        return yield* done;
      });
      const result = yield* wrapFuture(runCoroutineThreadsafe(atOnce(), loop));
      return [result, loop.statistics().turns - turns];
    });
    expect(await runVirtual(main())).toEqual([42, 5]);
  });

  it('gives a native promise to code outside of the loop', async () => {
    const loop = virtualLoop();
    const result = runCoroutineThreadsafe(sleep(10, 'done'), loop).toPromise();
    void result.then(() => loop.stop());
    await loop.runForever();
    expect([await result, loop.time()]).toEqual(['done', 10]);
    loop.close();
  });

  it('throws what the coroutine throws', async () => {
    await runVirtual(async () => {
      const fail = coroutine(async () => {
        throw new Error('no');
      });
      expect((await errorOf(() => wrapFuture(runCoroutineThreadsafe(fail(), getRunningLoop())))).message).toBe('no');
    });
  });

  it('cancels the coroutine when its future is cancelled', async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const body = coroutine(async () => {
        try {
          await sleep(100);
        } finally {
          log.push(`ended at ${now()}`);
        }
      });
      const future = runCoroutineThreadsafe(body(), getRunningLoop());
      await sleep(10);
      expect([future.cancel(), future.cancelled()]).toEqual([true, true]);
      await sleep(10);
      expect(log).toEqual(['ended at 10']);
    });
  });

  it('refuses what is no coroutine', async () => {
    const loop = virtualLoop();
    const error = await errorOf(() => runCoroutineThreadsafe(42 as never, loop));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('A coroutine object is required');
    loop.close();
    expect((await errorOf(() => runCoroutineThreadsafe(sleep(0), loop))).message).toBe('Event loop is closed');
  });
});

describe('wrapFuture', () => {
  it('follows a future of the world outside', async () => {
    await runVirtual(async () => {
      const outside = new ConcurrentFuture<string>();
      const future = wrapFuture(outside);
      getRunningLoop().callLater(10, () => outside.setResult('result'));
      expect([await future, now()]).toEqual(['result', 10]);
    });
  });

  it('cancels in both directions', async () => {
    await runVirtual(async () => {
      const [first, second] = [new ConcurrentFuture(), new ConcurrentFuture()];
      const [a, b] = [wrapFuture(first), wrapFuture(second)];
      a.cancel();
      second.cancel();
      expect(await errorOf(() => b)).toBeInstanceOf(CancelledError);
      expect([first.cancelled(), b.cancelled()]).toEqual([true, true]);
      expect(first.setRunningOrNotifyCancel()).toBe(false);
    });
  });

  it('passes an exception on', async () => {
    await runVirtual(async () => {
      const outside = new ConcurrentFuture();
      outside.setException(new Error('no'));
      expect((await errorOf(() => wrapFuture(outside))).message).toBe('no');
      expect(String(outside)).toBe("<ConcurrentFuture finished raised Error('no')>");
    });
  });

  it('returns a future of a loop as it is, and refuses anything else', async () => {
    const loop = virtualLoop();
    const future = loop.createFuture();
    expect(wrapFuture(future)).toBe(future);
    expect((await errorOf(() => wrapFuture({} as never))).message).toBe(
      'concurrent.futures.Future is expected, got an object',
    );
  });
});
