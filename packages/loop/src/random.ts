/** Numbers in [0, 1). */
type Random = () => number;

/** FNV-1a's own offset and two others, for three words that have nothing to do with each other. */
const offsets = [0x811c9dc5, 0x9747b28c, 0x5bd1e995] as const;

/**
 * A seeded generator of numbers in [0, 1): the only source of chance in Timeloom.
 *
 * sfc32 (Chris Doty-Humphrey, PractRand) seeded through a hash, so that neighbouring seeds give
 * unrelated sequences. Equal seeds give equal sequences on every platform.
 *
 * @param seed any number or string.
 */
export function createRandom(seed: number | string): Random {
  return createRandoms('')(seed);
}

/**
 * Makes the generators of many seeds with one beginning: `createRandoms('a/')(7)` gives what
 * `createRandom('a/7')` gives, without looking at the beginning again.
 */
export function createRandoms(beginning: string): (rest: number | string) => Random {
  const [a, b, c] = offsets;
  const hashedA = hash(a, beginning);
  const hashedB = hash(b, beginning);
  const hashedC = hash(c, beginning);
  return (rest) => {
    const text = String(rest);
    return sfc32(finish(hash(hashedA, text)), finish(hash(hashedB, text)), finish(hash(hashedC, text)));
  };
}

function sfc32(a: number, b: number, c: number): Random {
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** FNV-1a over 16-bit units, continued from `h`. */
function hash(h: number, text: string): number {
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** The mixer of murmur3. */
function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
