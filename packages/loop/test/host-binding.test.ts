import { afterEach, describe, expect, it, vi } from 'vitest';

const { setImmediate, MessageChannel } = globalThis;

afterEach(() => {
  Object.assign(globalThis, { setImmediate, MessageChannel });
  vi.resetModules();
});

/** The loop as it is on a host that lacks some globals when it is imported. */
async function importWithout(...names: string[]): Promise<typeof import('@timeloom/loop')> {
  for (const name of names) Reflect.deleteProperty(globalThis, name);
  vi.resetModules();
  return await import('@timeloom/loop');
}

/** What a loop does in steps with microtasks, across several batches of slots. */
async function orderOn({ EventLoop, VirtualClock }: typeof import('@timeloom/loop')): Promise<string[]> {
  const loop = new EventLoop({ clock: new VirtualClock() });
  const order: string[] = [];
  for (let n = 0; n < 30; n++) {
    loop.callSoon(async () => {
      order.push(`step ${n}`);
      for (let i = 0; i < 5; i++) await null;
      order.push(`microtask ${n}`);
    });
  }
  loop.callLater(10, () => loop.stop());
  await loop.runForever();
  return order;
}

const expected = Array.from({ length: 30 }, (_, n) => [`step ${n}`, `microtask ${n}`]).flat();

describe('A host', () => {
  it('without setImmediate drives steps by messages, with the same order', async () => {
    expect(await orderOn(await importWithout('setImmediate'))).toEqual(expected);
  });

  it('without messages too drives them by timers', async () => {
    expect(await orderOn(await importWithout('setImmediate', 'MessageChannel'))).toEqual(expected);
  });

  it('whose timers are replaced after the import does not mislead the loop', async () => {
    const loop = await importWithout();
    const { setTimeout } = globalThis;
    Object.assign(globalThis, { setImmediate: () => {}, setTimeout: () => {} });
    try {
      expect(await orderOn(loop)).toEqual(expected);
    } finally {
      Object.assign(globalThis, { setTimeout });
    }
  });
});
