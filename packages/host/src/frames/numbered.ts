import type { TimerTable } from '../timers/timer-table.ts';
import { Timeout, type TimeoutKind } from '../timers/timeout.ts';

/** Callbacks that a browser knows by a number. */
export class Numbered {
  readonly #timers = new Map<number, Timeout>();
  readonly #table: TimerTable;
  readonly #kind: TimeoutKind;
  #last = 0;

  /** @param what what traces and reports call one. */
  constructor(table: TimerTable, what: string) {
    this.#table = table;
    this.#kind = { what, repeat: false };
  }

  /** Calls back after `ms` milliseconds of the loop's time; gives the number. */
  request(callback: () => void, ms: number): number {
    const id = ++this.#last;
    const fire = (): void => {
      this.#timers.delete(id);
      callback();
    };
    this.#timers.set(id, new Timeout(this.#table, this.#kind, fire, ms));
    return id;
  }

  cancel(id: number): void {
    this.#timers.get(id)?.close();
    this.#timers.delete(id);
  }
}
