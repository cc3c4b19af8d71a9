import {
  CancelledError,
  createTask,
  Future,
  gather,
  getRunningLoop,
  InvalidStateError,
  shield,
  sleep,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual, virtualLoop } from './helpers.ts';

describe('A future', () => {
  it('gives its result to all that await it, in the order in which they came', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      const order: string[] = [];
      const waiters = ['a', 'b', 'c'].map((name) => createTask(async () => order.push(name + (await future))));
      future.addDoneCallback((done) => order.push(`callback${done.result()}`));
      loop.callLater(5, () => future.setResult('!'));
      await gather(waiters);
      expect(order).toEqual(['callback!', 'a!', 'b!', 'c!']);
    });
  });

  it('is of the running loop if it is given none, and is not made where none runs', async () => {
    await runVirtual(async () => {
      const future = new Future<string>();
      expect(future.loop).toBe(getRunningLoop());
      getRunningLoop().callLater(5, () => future.setResult('!'));
      expect(await future).toBe('!');
    });
    expect(() => new Future()).toThrow('no running event loop');
  });

  it('that is done is awaited without a turn', async () => {
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const future = loop.createFuture<number>();
      future.setResult(1);
      const { turns } = loop.statistics();
      expect(await future).toBe(1);
      expect(loop.statistics().turns).toBe(turns);
    });
  });

  it('calls back in a step of its own, also when it is done already', async () => {
    await runVirtual(async () => {
      const future = getRunningLoop().createFuture<void>();
      future.setResult();
      let called = false;
      future.addDoneCallback(() => (called = true));
      expect(called).toBe(false);
      await sleep(0);
      expect(called).toBe(true);
    });
  });

  it('forgets removed callbacks and says how many there were', async () => {
    await runVirtual(async () => {
      const future = getRunningLoop().createFuture<void>();
      const calls: string[] = [];
      const a = () => calls.push('a');
      const b = () => calls.push('b');
      for (const callback of [a, b, a]) future.addDoneCallback(callback);
      expect(future.removeDoneCallback(a)).toBe(2);
      future.setResult();
      expect(future.removeDoneCallback(b)).toBe(0);
      await sleep(0);
      expect(calls).toEqual(['b']);
    });
  });

  it('refuses a second end and an early question', async () => {
    const loop = virtualLoop();
    const future = loop.createFuture<number>();
    expect(() => future.result()).toThrow(new InvalidStateError('Result is not set.'));
    expect(() => future.exception()).toThrow(new InvalidStateError('Exception is not set.'));
    future.setResult(1);
    expect(() => future.setResult(2)).toThrow(new InvalidStateError('invalid state'));
    expect(() => future.setException(new Error())).toThrow(InvalidStateError);
    expect([future.cancel(), future.result(), future.exception()]).toEqual([false, 1, null]);
  });

  it('that is cancelled throws CancelledError with the message', async () => {
    const future = virtualLoop().createFuture();
    expect(future.cancel('why')).toBe(true);
    expect(future.cancelled()).toBe(true);
    expect(() => future.result()).toThrow(new CancelledError('why'));
    expect(() => future.exception()).toThrow(CancelledError);
  });

  it('makes promises through Promise.resolve, and says so where then() is used as one', async () => {
    await runVirtual(async () => {
      const future = getRunningLoop().createFuture<number>();
      getRunningLoop().callLater(1, () => future.setResult(3));
      expect(await Promise.resolve(future).then((n) => n + 1)).toBe(4);
      const chained = future.then((n) => n) as Promise<number>;
      expect(() => chained.catch(() => 0)).toThrow('use Promise.resolve(future)');
    });
  });

  it('of another loop is refused', async () => {
    const foreign = virtualLoop().createFuture();
    await runVirtual(async () => {
      expect((await errorOf(async () => await foreign)).message).toMatch(
        /^Task Task-1 got Future <Future pending> attached to a different loop$/,
      );
      expect(() => gather([foreign, sleep(1)])).toThrow('The future belongs to a different loop');
    });
  });
});

describe('shield', () => {
  it('keeps its own cancellation from what it shields', async () => {
    await runVirtual(async () => {
      const inner = createTask(sleep(10, 'done'));
      const outer = shield(inner);
      outer.cancel();
      expect(await errorOf(async () => await outer)).toBeInstanceOf(CancelledError);
      expect(await inner).toBe('done');
    });
  });

  it('returns what is done as it is', async () => {
    await runVirtual(async () => {
      const done = getRunningLoop().createFuture<number>();
      done.setResult(1);
      expect(shield(done)).toBe(done);
    });
  });
});
