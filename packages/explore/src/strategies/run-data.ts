import type { Handle, Lane } from '@timeloom/loop';

/** What is known of a lane, or of a handle without one. */
export interface Known {
  /** Where it is kept. */
  readonly keeper: unknown;
}

/**
 * What a scheduler knows of the lanes and handles of one run: kept on them, where they have room for it and nobody
 * else has taken that, and else in a map. Keeps none of them alive.
 */
export class RunData<T extends Known> {
  readonly #others = new WeakMap<Lane | Handle, T>();

  get(of: Lane | Handle): T | undefined {
    const data = of.schedulerData as T | null | undefined;
    if (data === null) return undefined;
    return data?.keeper === this ? data : this.#others.get(of);
  }

  /** @param data has this as its `keeper`. */
  set(of: Lane | Handle, data: T): void {
    const before = of.schedulerData as T | null | undefined;
    if (before === null || before?.keeper === this) of.schedulerData = data;
    else this.#others.set(of, data);
  }

  delete(of: Lane | Handle): void {
    const data = of.schedulerData as T | null | undefined;
    if (data?.keeper === this) of.schedulerData = null;
    else this.#others.delete(of);
  }
}
