import { sleep, type AsyncioEventLoop } from '@timeloom/asyncio';
import { createRandom, type Handle, type Instrument } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { LanePath, Lanes } from '../../src/strategies/lanes.ts';
import { runOnce } from './driver.ts';

/** The path of the lane of each step, by what the step is called. */
async function paths(main: (loop: AsyncioEventLoop) => unknown, seed?: number): Promise<Map<string, string[]>> {
  const lanes = new Lanes();
  const found = new Map<string, string[]>();
  const instrument: Instrument = {
    scheduled: (handle) => void lanes.scheduled(handle),
    stepStarted: (handle: Handle) => {
      lanes.stepStarted(handle);
      const name = handle.label.split(' ', 1)[0]!;
      found.set(name, [...new Set([...(found.get(name) ?? []), String(lanes.current.path)])]);
    },
    stepEnded: () => lanes.stepEnded(),
  };
  const random = seed === undefined ? () => 0 : createRandom(seed);
  await runOnce(main, { ...instrument, choose: ({ size }) => Math.floor(random() * size) });
  return found;
}

/** A family of tasks; names say who made them. */
const family = async (loop: AsyncioEventLoop): Promise<void> => {
  const make = (name: string, depth: number) => async (): Promise<void> => {
    if (depth === 0) return;
    const children = [];
    for (const child of ['a', 'b']) {
      await sleep(0);
      children.push(loop.createTask(make(name + child, depth - 1), { name: name + child }));
    }
    for (const child of children) await child;
  };
  await loop.createTask(make('t', 2), { name: 't' });
};

describe('Lanes', () => {
  it('have a path that says who made them', async () => {
    const found = await paths(family);
    expect(Object.fromEntries(found)).toMatchObject({
      'Task-1': ['0'],
      t: ['0.0'],
      ta: ['0.0.0'],
      tb: ['0.0.1'],
      taa: ['0.0.0.0'],
      tbb: ['0.0.1.1'],
    });
  });

  it('keep their path whatever the order of the others', async () => {
    const expected = await paths(family);
    for (let seed = 0; seed < 20; seed++) {
      const found = await paths(family, seed);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    }
  });

  it('are as many as there are handles without a lane', async () => {
    const found = await paths(async (loop) => {
      loop.callSoon(() => loop.callSoon(() => {}, { label: 'inner' }), { label: 'first' });
      loop.callLater(5, () => {}, { label: 'second' });
      await sleep(10);
    });
    expect(Object.fromEntries(found)).toMatchObject({ first: ['0.0'], inner: ['0.0.0'], second: ['0.1'] });
  });

  it('of runs with one root have one object for a path', async () => {
    const root = new LanePath(null, 0);
    expect(root.child(2).child(1)).toBe(root.child(2).child(1));
    expect(String(root.child(2).child(1))).toBe('2.1');
  });
});
