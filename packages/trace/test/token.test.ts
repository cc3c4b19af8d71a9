import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeToken, encodeToken, TokenError, type Difference, type Schedule } from '../src/index.ts';

const greatest = 2 ** 31 - 1;
const number = (least: number, most = greatest) =>
  fc.oneof(fc.integer({ min: least, max: Math.min(most, least + 300) }), fc.integer({ min: least, max: most }));

const difference: fc.Arbitrary<Difference> = fc.oneof(
  number(0, greatest - 1).chain((at) =>
    fc.record({ kind: fc.constant('hold' as const), at: fc.constant(at), option: number(0), until: number(at + 1) }),
  ),
  fc.record({ kind: fc.constant('take' as const), at: number(0), option: number(1) }),
);

/** In order, and with one difference a place. */
const anySchedule: fc.Arbitrary<Schedule> = fc.array(difference).map((all) => {
  const sorted = all.toSorted((one, two) => one.at - two.at || one.option - two.option);
  const differences = sorted.filter(({ at, kind, option }, index) => {
    const previous = sorted[index - 1];
    return (
      previous?.at !== at ||
      (kind === 'hold' && sorted.every((one) => one.at !== at || one.kind === 'hold') && previous.option !== option)
    );
  });
  return { differences };
});
const anyDigest = fc.nat({ max: 2 ** 24 - 1 });

/** Decodes and encodes to itself, or is refused as it should be. */
function isTokenOrRefused(text: string): boolean {
  try {
    const { schedule, digest } = decodeToken(text);
    return encodeToken(schedule, digest) === text;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return error.code === 'TIMELOOM_TOKEN' && error.byte >= 0 && error.byte <= text.length;
  }
}

const encode = (...bytes: number[]): string => `tl1_${Buffer.from(bytes).toString('base64url')}`;

describe('laws', () => {
  test('a schedule comes back from its token as it was', () => {
    fc.assert(
      fc.property(anySchedule, anyDigest, (schedule, digest) => {
        const token = encodeToken(schedule, digest);
        expect(token).toMatch(/^[\w-]+$/);
        expect(decodeToken(token)).toEqual({ schedule, digest });
      }),
      { numRuns: 500 },
    );
  });

  test('there is one token for a schedule: whatever decodes, encodes to itself', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((all) => [...all]),
      // Likely to be read to the end: small numbers, and the right count.
      fc
        .array(fc.constantFrom(0, 1, 2, 3, 4, 5, 0x80, 0x81, 0xff), { maxLength: 12 })
        .map((all) => [0, 0, 0, Math.floor(all.length / 3), ...all]),
    );
    fc.assert(
      fc.property(bytes, (bytes) => {
        expect(isTokenOrRefused(encode(...bytes))).toBe(true);
      }),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^tl\d?_[\w-]*$/)), (text) => {
        expect(isTokenOrRefused(text)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a token with one character changed, added or lost is another token or refused', () => {
    const character = fc.oneof(fc.stringMatching(/^[\w-]$/), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }));
    fc.assert(
      fc.property(
        anySchedule,
        anyDigest,
        fc.nat(),
        fc.option(character),
        fc.boolean(),
        (schedule, digest, at, character, insert) => {
          const token = encodeToken(schedule, digest);
          const place = at % token.length;
          const changed = token.slice(0, place) + (character ?? '') + token.slice(insert ? place : place + 1);
          expect(isTokenOrRefused(changed)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('no part of a token is one', () => {
    fc.assert(
      fc.property(anySchedule, anyDigest, fc.nat(), (schedule, digest, length) => {
        const token = encodeToken(schedule, digest);
        expect(() => decodeToken(token.slice(0, length % token.length))).toThrow(TokenError);
      }),
    );
  });
});

test('two swaps fit 40 characters, wherever they are', () => {
  const swapsAt = (at: number): Schedule => ({
    differences: [
      { kind: 'hold', at, option: 0, until: at + 100 },
      { kind: 'hold', at: 2 * at, option: 3, until: 2 * at + 100 },
    ],
  });
  expect(encodeToken(swapsAt(12), 0xabcdef)).toBe('tl1_q83vAhgAZBgDZA');
  expect(encodeToken(swapsAt(100_000), 0xabcdef).length).toBe(23);
  const farthest: Difference[] = [
    { kind: 'hold', at: 2 ** 30, option: 1e6, until: greatest },
    { kind: 'hold', at: greatest - 1, option: 1e6, until: greatest },
  ];
  expect(encodeToken({ differences: farthest }, 0).length).toBeLessThan(40);
});

describe('is refused, with the byte', () => {
  test.each<[what: string, token: string, byte: number, message: string]>([
    ['no token', '', 0, 'it does not begin with "tl1_"'],
    ['another text', 'hello', 0, 'it does not begin with "tl1_"'],
    ['white space', ` ${encode(0, 0, 0, 0)}`, 0, 'it does not begin with "tl1_"'],
    ['another version', 'tl2_AAAAAA', 2, 'version 2 is unknown'],
    ['nothing', 'tl1_', 4, 'it ends where the digest should be'],
    ['padding', 'tl1_AAAAAA==', 10, '"=" is not a character of base64url'],
    ['the other alphabet', 'tl1_AA+AAA', 6, '"+" is not a character of base64url'],
    ['a character outside of ASCII', 'tl1_AAAA\u{1f600}', 8, String.raw`"\ud83d" is not a character of base64url`],
    ['a lonely character', 'tl1_AAAAA', 9, 'it ends within a byte'],
    ['unused bits', 'tl1_AAAAAB', 9, 'the last character has bits that belong to no byte'],
    ['no count', encode(0, 0, 0), 8, 'it ends where the number of differences should be'],
    ['trailing bytes', encode(0, 0, 0, 0, 7), 9, 'something follows the last difference'],
    ['a missing difference', encode(0, 0, 0, 2, 2, 1, 1), 13, 'it ends where the place of a difference should be'],
    ['a missing part', encode(0, 0, 0, 1, 2, 1), 12, 'it ends where the length of a hold should be'],
    ['a number that goes on', encode(0, 0, 0, 1, 0x80), 10, 'it ends where the place of a difference should be'],
    ['a longer form', encode(0, 0, 0, 0x80, 0), 8, 'the number of differences is not in its shortest form'],
    [
      'six bytes',
      encode(0, 0, 0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 1),
      9,
      'the place of a difference has more than 5 bytes',
    ],
    ['too many differences', encode(0, 0, 0, 0x81, 0x80, 4), 8, 'the number of differences is more than 65536'],
    [
      'too great a number',
      encode(0, 0, 0, 1, 0, 0x80, 0x80, 0x80, 0x80, 8),
      10,
      `an option held is more than ${greatest}`,
    ],
    ['a take of FIFO', encode(0, 0, 0, 1, 1, 0), 10, 'an option taken is 0, and must be at least 1'],
    ['a hold of no length', encode(0, 0, 0, 1, 0, 0, 0), 12, 'the length of a hold is 0, and must be at least 1'],
    ['a repeated hold', encode(0, 0, 0, 2, 0, 0, 1, 0, 0, 1), 13, 'difference 1 is out of order'],
  ])('%s', (_, token, byte, message) => {
    const advice = /version/.test(message)
      ? 'Replay it with the Timeloom that made it.'
      : 'Copy the whole token once more, or search again for a new one.';
    expect(() => decodeToken(token)).toThrow(
      expect.objectContaining({
        name: 'TokenError',
        byte,
        message: `Not a replay token: at byte ${byte}, ${message}. ${advice}`,
      }),
    );
  });

  test('what is no string', () => {
    expect(() => decodeToken(7 as never)).toThrow(new TypeError('a token must be a string, got number'));
  });
});

describe('limits', () => {
  const holds = (count: number, step: number, option: number, length = 1): Schedule => ({
    differences: Array.from({ length: count }, (_, i) => ({
      kind: 'hold',
      at: i * step,
      option,
      until: i * step + length,
    })),
  });

  test('65,536 differences are accepted, and no more', () => {
    const schedule = holds(65_536, 1, 0);
    expect(decodeToken(encodeToken(schedule, 1))).toEqual({ schedule, digest: 1 });
    expect(() => encodeToken(holds(65_537, 1, 0), 1)).toThrow(
      new RangeError('differences must be at most 65536 to fit a token, got 65537'),
    );
  });

  test('so is 1 MiB of text', () => {
    expect(() => encodeToken(holds(65_536, 15_000, greatest, 1e9), 1)).toThrow(
      /must fit a token of 1048576 characters/,
    );
    expect(() => decodeToken(`tl1_${'A'.repeat(2 ** 20)}`)).toThrow(/it is longer than 1048576 bytes/);
    expect(() => decodeToken(`tl1_${'_'.repeat(2 ** 20 - 4)}`)).toThrow(TokenError);
  });

  test.each([-1, 2 ** 24, 0.5, Number.NaN])('a digest of 24 bits is wanted, not %d', (digest) => {
    expect(() => encodeToken({ differences: [] }, digest)).toThrow(
      new RangeError(`digest must be a whole number from 0 to 16777215, got ${digest}`),
    );
  });
});
