import { compareItems, LifoQueue, PriorityQueue } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual } from './helpers.ts';

function drain<T>(queue: PriorityQueue<T> | LifoQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

describe('A priority queue', () => {
  it('gives the least item first', () => {
    const queue = new PriorityQueue<number>();
    for (const n of [5, 3, 8, 1, 9, 2]) queue.putNowait(n);
    expect(drain(queue)).toEqual([1, 2, 3, 5, 8, 9]);
  });

  it('compares arrays element by element', () => {
    const queue = new PriorityQueue<readonly unknown[]>();
    for (const item of [[2, 'b'], [1, 'z'], [2, 'a'], [2]]) queue.putNowait(item);
    expect(drain(queue)).toEqual([[1, 'z'], [2], [2, 'a'], [2, 'b']]);
  });

  it('gives equal items in the order of heapq, not of arrival', () => {
    // Recorded from CPython 3.13: heapq with items that compare by their first element only.
    const queue = new PriorityQueue<readonly [number, number]>(0, { compare: ([a], [b]) => a - b });
    for (let n = 0; n < 8; n++) queue.putNowait([0, n]);
    expect(drain(queue).map(([, n]) => n)).toEqual([0, 2, 6, 5, 7, 4, 1, 3]);
  });

  it('agrees with sorting, whatever comes and goes', () => {
    const queue = new PriorityQueue<number>();
    const model: number[] = [];
    let state = 1;
    for (let i = 0; i < 5000; i++) {
      state = (state * 48_271) % 2_147_483_647;
      if (state % 3 > 0 || model.length === 0) {
        queue.putNowait(state % 100);
        model.push(state % 100);
      } else {
        model.sort((a, b) => a - b);
        expect(queue.getNowait()).toBe(model.shift());
      }
    }
  });

  it('refuses items that have no order, and stays as it was', async () => {
    const queue = new PriorityQueue<unknown>();
    queue.putNowait(1);
    const error = await errorOf(() => queue.putNowait('one'));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^'<' not supported between "one" and 1: put numbers/);
    expect(await errorOf(() => queue.putNowait({}))).toBeInstanceOf(TypeError);
    expect(String(queue)).toBe('<PriorityQueue maxsize=0 _queue=[1] tasks=1>');
  });

  it('refuses a compare option that is no function', async () => {
    expect(await errorOf(() => new PriorityQueue(0, { compare: 1 as never }))).toBeInstanceOf(TypeError);
  });

  it('wakes those who wait', async () => {
    const item = await runVirtual(async () => {
      const queue = new PriorityQueue<number>(1);
      await queue.put(7);
      return await queue.get();
    });
    expect(item).toBe(7);
  });
});

describe('The default order', () => {
  it.each([
    [1, 2, -1],
    ['b', 'a', 1],
    [true, 2, -1],
    [3n, 2, 1],
    [new Date(1), new Date(2), -1],
    [[1, 2], [1], 1],
    [[1, null], [1, null], 0],
    [Number.NaN, 1, 0],
  ])('of %o and %o is %i', (a, b, order) => {
    expect(compareItems(a, b)).toBe(order);
  });
});

describe('A LIFO queue', () => {
  it('gives the last item first', () => {
    const queue = new LifoQueue<number>(3);
    for (const n of [1, 2, 3]) queue.putNowait(n);
    expect(queue.full()).toBe(true);
    expect(String(queue)).toBe('<LifoQueue maxsize=3 _queue=[1, 2, 3] tasks=3>');
    expect(drain(queue)).toEqual([3, 2, 1]);
  });
});
