/** RFC 4648, section 5, without padding. `atob` is the host's, and neither strict nor URL-safe. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digits: ReadonlyMap<string, number> = new Map(Array.from(alphabet, (character, digit) => [character, digit]));

export function encodeBase64Url(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [first = 0, second = 0, third = 0] = bytes.slice(i, i + 3);
    const group = (first << 16) | (second << 8) | third;
    for (let k = 0; k <= Math.min(3, bytes.length - i); k++) text += alphabet[(group >> (18 - 6 * k)) & 63];
  }
  return text;
}

/**
 * The bytes of `text` from the character `start` on. Accepts only what {@link encodeBase64Url} writes.
 *
 * @param refuse makes the error for what is wrong, at a character of `text`.
 */
export function decodeBase64Url(
  text: string,
  start: number,
  refuse: (what: string, character: number) => Error,
): Uint8Array {
  const bytes = new Uint8Array(Math.floor(((text.length - start) * 3) / 4));
  let length = 0;
  let bits = 0;
  let pending = 0;
  for (let i = start; i < text.length; i++) {
    const digit = digits.get(text[i]!);
    if (digit === undefined) throw refuse(`${JSON.stringify(text[i])} is not a character of base64url`, i);
    pending = ((pending << 6) | digit) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length++] = pending >> bits;
  }
  if (bits === 6) throw refuse('it ends within a byte', text.length);
  if ((pending & ((1 << bits) - 1)) !== 0)
    throw refuse('the last character has bits that belong to no byte', text.length - 1);
  return bytes;
}

/** The character that the byte begins in, both counted from 0. */
export function characterOf(byte: number): number {
  return Math.floor((byte * 4) / 3);
}
