import {
  Barrier,
  BrokenBarrierError,
  createTask,
  gather,
  getRunningLoop,
  RuntimeError,
  sleep,
} from '@timeloom/asyncio';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorOf, now, runVirtual } from './helpers.ts';

describe('A barrier', () => {
  it('makes tasks wait for each other, and gives the order of arrival', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(3);
      const arrive = (delay: number) => async () => {
        await sleep(delay);
        const position = await barrier.wait();
        return [position, now()];
      };
      expect(await gather([30, 10, 20].map(arrive))).toEqual([
        [2, 30],
        [0, 30],
        [1, 30],
      ]);
    });
  });

  it('serves round after round', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(2);
      const rounds: string[] = [];
      const runner = (name: string, pace: number) => async () => {
        for (let round = 1; round <= 3; round++) {
          await sleep(pace);
          await barrier.wait();
          rounds.push(`${now()} ${name}${round}`);
        }
      };
      await gather([runner('a', 1), runner('b', 10)]);
      expect(rounds).toEqual(['10 b1', '10 a1', '20 b2', '20 a2', '30 b3', '30 a3']);
    });
  });

  it('does not make the last one wait', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(2);
      const first = createTask(barrier.wait());
      await sleep(0);
      expect(inspect(barrier)).toBe('<Barrier [filling, waiters:1/2]>');
      const { turns } = getRunningLoop().statistics();
      expect(await barrier.wait()).toBe(1);
      expect(getRunningLoop().statistics().turns).toBe(turns);
      expect(String(barrier)).toBe('<Barrier [draining, waiters:0/2]>');
      expect(await first).toBe(0);
      expect(String(barrier)).toBe('<Barrier [filling, waiters:0/2]>');
    });
  });

  it('sends those who wait away when it is reset, and can be used again', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(2);
      const waiter = createTask(barrier.wait());
      await sleep(0);
      await barrier.reset();
      const error = await errorOf(() => waiter);
      expect(error).toBeInstanceOf(BrokenBarrierError);
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error.message).toBe('Abort or reset of barrier');
      expect(await gather([barrier.wait(), barrier.wait()])).toEqual([0, 1]);
    });
  });

  it('stays broken when it is aborted', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(2);
      const waiter = createTask(barrier.wait());
      await sleep(0);
      await barrier.abort();
      expect((await errorOf(() => waiter)).message).toBe('Abort or reset of barrier');
      expect((await errorOf(() => barrier.wait())).message).toBe('Barrier aborted');
      expect([barrier.broken, barrier.waiting, String(barrier)]).toEqual([true, 0, '<Barrier [broken]>']);
      await barrier.reset();
      expect(barrier.broken).toBe(false);
    });
  });

  it('counts one less when a waiter is cancelled', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(2);
      const waiter = createTask(barrier.wait());
      await sleep(0);
      expect(barrier.waiting).toBe(1);
      waiter.cancel();
      await errorOf(() => waiter);
      expect(barrier.waiting).toBe(0);
      expect(await gather([barrier.wait(), barrier.wait()])).toEqual([0, 1]);
    });
  });

  it('runs a body with the position, as `async with` does', async () => {
    await runVirtual(async () => {
      const barrier = new Barrier(2);
      const enter = () => barrier.with(async (position) => `position ${position}`);
      expect(await gather([enter(), enter()])).toEqual(['position 0', 'position 1']);
    });
  });

  it('needs at least one party', async () => {
    expect((await errorOf(() => new Barrier(0))).message).toBe('parties must be > 0');
    expect((await errorOf(() => new Barrier('3' as never))).message).toBe(
      'parties must be a whole number of at least 0, got "3"',
    );
  });
});
