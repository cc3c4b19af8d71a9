import type { EventLoop } from '@timeloom/loop';

/** Draws from the seeded generator of a loop: numbers in [0, 1) of 32 bits each. */
export class Chance {
  // Asked for its generator when somebody draws: most programs never do, and a generator takes long to make.
  readonly #loop: EventLoop;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  #draw(): number {
    return this.#loop.random();
  }

  /** A number in [0, 1) of 53 bits, as `Math.random` gives them: some programs take its digits. */
  number(): number {
    const high = Math.floor(this.#draw() * 2 ** 26);
    const low = Math.floor(this.#draw() * 2 ** 27);
    return (high * 2 ** 27 + low) / 2 ** 53;
  }

  /** A whole number from `least` up to, but not including, `end`. */
  integer(least: number, end: number): number {
    return least + Math.floor(this.number() * (end - least));
  }

  /** Overwrites all bytes with random ones. */
  overwrite(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#draw() * 256;
  }
}
