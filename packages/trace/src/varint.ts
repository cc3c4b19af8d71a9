/**
 * Whole numbers below 2^32 as bytes: 7 bits each, the least significant first, the high bit set on all
 * but the last (LEB128). Only the shortest form of a number is accepted.
 */

/** Adds `value` to the end of `bytes`. */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
}

/** Reads bytes from the front. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  readonly #refuse: (what: string, byte: number) => Error;
  #position = 0;

  /** @param refuse makes the error for what is wrong, at a byte counted from 0. */
  constructor(bytes: Uint8Array, refuse: (what: string, byte: number) => Error) {
    this.#bytes = bytes;
    this.#refuse = refuse;
  }

  /** Number of the next byte. */
  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** One byte as it is. */
  byte(name: string): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw this.#refuse(`it ends where ${name} should be`, this.#position);
    this.#position++;
    return byte;
  }

  /** A number from `least` to `most`; both below 2^32. */
  varint(name: string, least: number, most: number): number {
    const start = this.#position;
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte(name);
      value += (byte % 0x80) * scale;
      if (value > most) throw this.#refuse(`${name} is more than ${most}`, start);
      if (byte >= 0x80 && scale < 0x80 ** 4) continue;
      if (byte === 0 && scale > 1) throw this.#refuse(`${name} is not in its shortest form`, start);
      if (byte >= 0x80) throw this.#refuse(`${name} has more than 5 bytes`, start);
      if (value < least) throw this.#refuse(`${name} is ${value}, and must be at least ${least}`, start);
      return value;
    }
  }
}
