import { describe, expect, it } from 'vitest';
import { pathOfCalls } from '../../src/report/frames.ts';

describe('The path of the calls on the stack', () => {
  const here = async (): Promise<string> => {
    await null;
    return pathOfCalls();
  };

  it('tells the branches of Promise.all apart, and what waits for it', async () => {
    const both = async (): Promise<string[]> => await Promise.all([here(), here()]);
    const [one = '', other = ''] = await both();
    const [again] = await both();
    expect(one).toMatch(/path-of-calls\.test\.ts:\d+:\d+ < 0 < .*path-of-calls\.test\.ts:\d+:\d+/);
    expect(other).toBe(one.replace(' < 0 < ', ' < 1 < '));
    expect(again).not.toBe(one);
  });

  it('has none of our own calls and none of the test runner', async () => {
    expect(await here()).not.toMatch(/frames\.ts|vitest|node:/);
  });

  it.each(['prepareStackTrace', 'stackTraceLimit'])('leaves Error.%s as it was', (name) => {
    const before = Object.getOwnPropertyDescriptor(Error, name);
    const mine = name === 'stackTraceLimit' ? 3 : (): string => 'mine';
    try {
      Object.assign(Error, { [name]: mine });
      pathOfCalls();
      expect(Reflect.get(Error, name)).toBe(mine);
      Reflect.deleteProperty(Error, name);
      pathOfCalls();
      expect(Error).not.toHaveProperty(name);
    } finally {
      if (before !== undefined) Object.defineProperty(Error, name, before);
    }
  });
});
