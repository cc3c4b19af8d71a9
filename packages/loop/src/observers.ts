import type { AccessMode } from './access.ts';
import type { Handle } from './handle.ts';
import type { Instrument } from './instrument.ts';
import type { ChoicePoint } from './scheduler.ts';

/**
 * All who observe a loop, as one Instrument. The loop has none if nobody does: it tells them in its innermost
 * functions, which the engine joins into one as long as they are small.
 */
export class Observers implements Required<Instrument> {
  readonly #all: readonly Instrument[];
  /** Most do not listen to accesses, of which there are many. */
  readonly #ofAccesses: readonly Instrument[];

  constructor(all: readonly Instrument[]) {
    this.#all = all;
    this.#ofAccesses = all.filter((one) => one.accessed !== undefined);
  }

  /** These and one more, for what happens from now on. */
  with(instrument: Instrument): Observers {
    return new Observers([...this.#all, instrument]);
  }

  scheduled(handle: Handle): void {
    for (const one of this.#all) one.scheduled?.(handle);
  }

  turnStarted(turn: number, time: number): void {
    for (const one of this.#all) one.turnStarted?.(turn, time);
  }

  timeAdvanced(from: number, to: number): void {
    for (const one of this.#all) one.timeAdvanced?.(from, to);
  }

  chosen(point: ChoicePoint, option: number): void {
    for (const one of this.#all) one.chosen?.(point, option);
  }

  stepStarted(handle: Handle, time: number): void {
    for (const one of this.#all) one.stepStarted?.(handle, time);
  }

  accessed(object: object, mode: AccessMode): void {
    for (const one of this.#ofAccesses) one.accessed!(object, mode);
  }

  stepEnded(handle: Handle, time: number): void {
    for (const one of this.#all) one.stepEnded?.(handle, time);
  }
}

/** @param all undefined for none. */
export function observersOf(all: readonly Instrument[] | undefined): Observers | null {
  return all === undefined || all.length === 0 ? null : new Observers(all);
}
