import type { ChoiceKind, ChoicePoint } from '@timeloom/loop';

const kinds: Readonly<Record<ChoiceKind, number>> = { handle: 1, latency: 2, value: 3 };

/** Behind each label, so that it cannot run into the next; no code unit of a string. */
const endOfLabel = 0x10000;

/** A rolling hash over choices: FNV-1a, a code unit at a time, folded to 24 bits. */
export class LabelHash {
  #hash = 0x811c9dc5;

  add(point: ChoicePoint, option: number): void {
    this.#mix(kinds[point.kind]);
    this.#mix(point.size);
    const label = point.labelOf(option);
    for (let i = 0; i < label.length; i++) this.#mix(label.charCodeAt(i));
    this.#mix(endOfLabel);
  }

  /** 0 to 2^24 - 1. */
  get value(): number {
    return (this.#hash ^ (this.#hash >>> 24)) & 0xffffff;
  }

  #mix(part: number): void {
    this.#hash = Math.imul(this.#hash ^ part, 0x01000193);
  }
}
