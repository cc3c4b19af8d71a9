import type { Handle, Lane } from './handle.ts';

/** A handle of the batch that stands behind another one of its lane. */
export interface Behind {
  readonly handle: Handle;
  /** Its place in the order of readiness. */
  readonly order: number;
}

/** So many lanes are looked through one by one, which costs less than a Map, and so does making it for a short run. */
const few = 16;

/** For each lane that has an option, the handles that stand behind that, in their order. */
export class Lines {
  readonly #lanes: Lane[] = [];
  /** Those of each lane above; null for none. */
  readonly #behind: (Behind[] | null)[] = [];
  /** Instead of the two, from when there are more than a few until there are none. */
  #many: Map<Lane, Behind[] | null> | null = null;

  /** Handles that stand behind others. */
  get size(): number {
    let size = 0;
    for (const behind of (this.#many ?? this.#behind).values()) size += behind?.length ?? 0;
    return size;
  }

  /** Takes a handle in that has a lane; false if none of that was here, so that the handle is an option. */
  standsBehind(lane: Lane, handle: Handle, order: number): boolean {
    if (this.#many !== null) return isBehindMany(this.#many, lane, handle, order);
    const index = this.#indexOf(lane);
    if (index !== -1) {
      (this.#behind[index] ??= []).push({ handle, order });
      return true;
    }
    this.#lanes.push(lane);
    this.#behind.push(null);
    if (this.#lanes.length > few) this.#areMany();
    return false;
  }

  #areMany(): void {
    this.#many = new Map(this.#lanes.map((lane, i) => [lane, this.#behind[i]!]));
    this.#forgetFew();
  }

  /** The option of a lane goes: gives the handle that is one now; undefined if there is none. */
  next(lane: Lane): Behind | undefined {
    if (this.#many !== null) return this.#nextOfMany(this.#many, lane);
    const index = this.#indexOf(lane);
    const next = this.#behind[index]?.shift();
    if (next === undefined && index !== -1) this.#takeOut(index);
    return next;
  }

  #nextOfMany(many: Map<Lane, Behind[] | null>, lane: Lane): Behind | undefined {
    const next = many.get(lane)?.shift();
    if (next !== undefined) return next;
    many.delete(lane);
    if (many.size === 0) this.#many = null;
    return undefined;
  }

  #indexOf(lane: Lane): number {
    const lanes = this.#lanes;
    for (let i = 0; i < lanes.length; i++) if (lanes[i] === lane) return i;
    return -1;
  }

  /** The last takes its place: nobody asks for their order. */
  #takeOut(index: number): void {
    const lane = this.#lanes.pop()!;
    const behind = this.#behind.pop()!;
    if (index === this.#lanes.length) return;
    this.#lanes[index] = lane;
    this.#behind[index] = behind;
  }

  clear(): void {
    this.#many = null;
    this.#forgetFew();
  }

  #forgetFew(): void {
    // Not by their length, which would give up their memory.
    while (this.#lanes.length > 0) this.#lanes.pop();
    while (this.#behind.length > 0) this.#behind.pop();
  }
}

function isBehindMany(many: Map<Lane, Behind[] | null>, lane: Lane, handle: Handle, order: number): boolean {
  const behind = many.get(lane);
  if (behind === undefined) many.set(lane, null);
  else if (behind === null) many.set(lane, [{ handle, order }]);
  else behind.push({ handle, order });
  return behind !== undefined;
}
