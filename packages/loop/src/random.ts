/**
 * A seeded generator of numbers in [0, 1): the only source of chance in Timeloom.
 *
 * sfc32 (Chris Doty-Humphrey, PractRand) seeded through a hash, so that neighbouring seeds give
 * unrelated sequences. Equal seeds give equal sequences on every platform.
 *
 * @param seed any number or string.
 */
export function createRandom(seed: number | string): () => number {
  let [a, b, c] = hash(String(seed));
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

/** Three words of FNV-1a with different offsets, each finished with murmur3's mixer. */
function hash(text: string): [number, number, number] {
  return [0x811c9dc5, 0x9747b28c, 0x5bd1e995].map((offset) => {
    let h = offset;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }) as [number, number, number];
}
