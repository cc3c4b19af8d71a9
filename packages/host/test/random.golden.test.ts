import crypto, { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runVirtually } from './helpers.ts';

const everything = (): unknown[] => [
  Math.random(),
  globalThis.crypto.randomUUID(),
  globalThis.crypto.getRandomValues(new Uint16Array(4)),
  crypto.getRandomValues(new Uint8Array(4)),
  randomUUID(),
  randomBytes(8),
  randomInt(1000),
  randomInt(-5, 5),
  randomFillSync(new Uint32Array(4), 1, 2),
];

const withSeed = (seed: number | string) => runVirtually(everything, { loop: { seed } });

describe('Chance', () => {
  it('comes from the loop’s seed: the same again with the same, other with another', async () => {
    const [first, again, other] = [await withSeed('a'), await withSeed('a'), await withSeed('b')];
    expect(again).toEqual(first);
    for (const [index, value] of first.entries()) expect(value).not.toEqual(other[index]);
  });

  it('is the same on every version of Node', async () => {
    const values = await runVirtually(() => [
      Math.random(),
      randomUUID(),
      randomBytes(4).toString('hex'),
      randomInt(1e6),
    ]);
    expect(values).toMatchInlineSnapshot(`
      [
        0.6141648822636832,
        "9eb2dcbe-858c-406d-984f-66122b8adb8b",
        "cab77a9a",
        987833,
      ]
    `);
  });

  it('is the host’s again afterwards', async () => {
    const { random } = Math;
    await withSeed(1);
    expect(Math.random).toBe(random);
    expect(randomUUID()).not.toBe(randomUUID());
  });
});

describe('Math.random', () => {
  it('gives numbers in [0, 1), evenly, of 53 bits', async () => {
    const numbers = await runVirtually(() => Array.from({ length: 10_000 }, () => Math.random()));
    const buckets = Array.from({ length: 10 }, (_, i) => numbers.filter((n) => Math.floor(n * 10) === i).length);
    expect(Math.min(...buckets)).toBeGreaterThan(880);
    expect(Math.max(...buckets)).toBeLessThan(1120);
    // In 32 bits the last 21 would be 0.
    expect(numbers.filter((n) => (n * 2 ** 53) % 2 ** 21 !== 0).length).toBeGreaterThan(9900);
  });
});

describe('crypto', () => {
  it('makes UUIDs of version 4', async () => {
    const ids = await runVirtually(() => Array.from({ length: 100 }, () => globalThis.crypto.randomUUID()));
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(ids.filter((id) => !uuid.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(100);
  });

  it('draws integers from the range, its end not included', async () => {
    const drawn = await runVirtually(() => new Set(Array.from({ length: 200 }, () => randomInt(-2, 2))));
    expect([...drawn].toSorted((a, b) => a - b)).toEqual([-2, -1, 0, 1]);
  });

  it('fills the part that it is told to', async () => {
    const filled = await runVirtually(() => [...randomFillSync(new Uint8Array(64), 32, 16)]);
    expect([filled.slice(0, 32), filled.slice(48)]).toEqual([Array(32).fill(0), Array(16).fill(0)]);
    expect(filled.slice(32, 48)).not.toEqual(Array(16).fill(0));
  });

  it('calls back in steps of the loop, with the bytes of the seed', async () => {
    const draw = () =>
      runVirtually(async (now) => {
        const bytes = await promisify(randomBytes)(4);
        const filled = await promisify(randomFill)(new Uint8Array(4));
        const integer = await promisify<number, number>(randomInt)(1000);
        return [bytes.toString('hex'), filled, integer, now()];
      });
    expect(await draw()).toEqual(await draw());
  });

  it('refuses what the host refuses', async () => {
    await runVirtually(() => {
      expect(() => randomBytes(-1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
      expect(() => randomInt(5, 1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
      expect(() => randomBytes(4, 'x' as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
      expect(() => globalThis.crypto.getRandomValues(new Uint8Array(65_537))).toThrow(/65,?536/);
      expect(() => globalThis.crypto.getRandomValues(new Float32Array(1) as never)).toThrow(/Array/);
      expect(() => randomFill(new Uint8Array(1), 5, () => {})).toThrow(
        expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
      );
    });
  });
});
