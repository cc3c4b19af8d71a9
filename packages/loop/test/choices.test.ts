import { FifoScheduler, type ChoicePoint, type EventLoop, type Scheduler } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { runAll, virtualLoop } from './helpers.ts';

const last: Scheduler = { choose: (point) => point.size - 1 };

describe('A scheduler', () => {
  it('picks among the handles of a batch', async () => {
    const loop = virtualLoop({ scheduler: last });
    const order: number[] = [];
    for (const n of [1, 2, 3]) loop.callSoon(() => order.push(n));
    await runAll(loop);
    expect(order).toEqual([3, 2, 1]);
  });

  it('is asked only where there are two options or more', async () => {
    const sizes: number[] = [];
    const loop = virtualLoop({ scheduler: { choose: (point) => (sizes.push(point.size), 0) } });
    for (const n of [1, 2, 3]) loop.callSoon(() => n);
    await runAll(loop);
    expect(sizes).toEqual([3, 2]);
  });

  it('cannot reorder the handles of one lane', async () => {
    const loop = virtualLoop({ scheduler: last });
    const order: string[] = [];
    const lanes = [{ label: 'a' }, { label: 'b' }];
    for (const lane of lanes) for (const n of [1, 2]) loop.callSoon(() => order.push(`${lane.label}${n}`), { lane });
    await runAll(loop);
    expect(order).toEqual(['b1', 'b2', 'a1', 'a2']);
  });

  it('sees labels, times and handles, and not the cancelled ones', async () => {
    const seen: unknown[] = [];
    const look = (point: ChoicePoint): number => {
      const options = Array.from({ length: point.size }, (_, i) => point.labelOf(i));
      seen.push([point.kind, point.time, options, point.handleOf(0)?.label]);
      return 0;
    };
    const loop = virtualLoop({ scheduler: { choose: look } });
    for (const label of ['a', 'b', 'c']) {
      const handle = loop.callLater(5, () => {}, { label });
      if (label === 'b') handle.cancel();
    }
    await runAll(loop);
    expect(seen).toEqual([['handle', 5, ['a', 'c'], 'a']]);
  });

  it('that answers with no option ends the run', async () => {
    const loop = virtualLoop({ scheduler: { choose: () => 7 } });
    for (const n of [1, 2]) loop.callSoon(() => n);
    await expect(loop.runForever()).rejects.toThrow('Scheduler.choose must return 0 to 1, got 7');
  });

  it('that always takes the first option changes nothing', async () => {
    const orders = [undefined, new FifoScheduler()].map(async (scheduler) => {
      const loop = virtualLoop({ scheduler });
      const order: number[] = [];
      for (const n of [3, 1, 2]) loop.callLater(n % 2, () => order.push(n));
      await runAll(loop);
      return order;
    });
    const [without, withFifo] = await Promise.all(orders);
    expect(withFifo).toEqual(without);
  });
});

describe('What may be reordered', () => {
  const run = async (reorder: 'ties' | 'ready' | 'free', start: (loop: EventLoop, log: string[]) => void) => {
    const loop = virtualLoop({ scheduler: last, reorder });
    const log: string[] = [];
    start(loop, log);
    await runAll(loop);
    return log.join(' ');
  };

  it('are handles of one turn, or of all turns', async () => {
    const start = (loop: EventLoop, log: string[]) => {
      loop.callSoon(() => log.push('a'));
      loop.callSoon(() => {
        log.push('b');
        loop.callSoon(() => log.push('c'));
      });
    };
    expect(await run('ready', start)).toBe('b a c');
    expect(await run('free', start)).toBe('b c a');
  });

  it('or only what became ready at the same instant', async () => {
    const start = (loop: EventLoop, log: string[]) => {
      for (const name of ['a', 'b']) loop.callSoon(() => log.push(name));
      for (const name of ['c', 'd']) loop.callLater(5, () => log.push(name));
      loop.callLater(6, () => log.push('e'));
    };
    expect(await run('ties', start)).toBe('a b d c e');
    expect(await run('ready', start)).toBe('b a d c e');
  });

  it('are near deadlines too, where timers may be late', async () => {
    const orders = new Set<string>();
    for (const option of [0, 1, 2]) {
      const scheduler: Scheduler = { choose: (point) => Math.min(option, point.size - 1) };
      const loop = virtualLoop({ scheduler, latenessMs: 2 });
      const log: string[] = [];
      for (const ms of [5, 6, 9]) loop.callLater(ms, () => log.push(`${ms}@${loop.time()}`));
      await runAll(loop, 20);
      orders.add(log.join(' '));
    }
    expect([...orders]).toEqual(['5@5 6@6 9@9', '6@6 5@6 9@9']);
  });

  it('is not asked about deadlines while external work holds the clock', async () => {
    const kinds: string[] = [];
    const scheduler: Scheduler = { choose: (point) => (kinds.push(point.kind), 0) };
    const loop = virtualLoop({ scheduler, latenessMs: 5 });
    for (const ms of [5, 6]) loop.callLater(ms, () => {});
    await loop.runUntilComplete(() => loop.external(new Promise((resolve) => setTimeout(resolve, 1))));
    expect(kinds).toEqual([]);
  });

  it('is named by its options only', () => {
    expect(() => virtualLoop({ reorder: 'all' as never })).toThrow(
      "reorder must be 'ties', 'ready' or 'free', got all",
    );
    expect(() => virtualLoop({ latenessMs: -1 })).toThrow('latenessMs must be at least 0, got -1');
  });
});
