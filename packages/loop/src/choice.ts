import type { Handle } from './handle.ts';
import type { ChoicePoint } from './scheduler.ts';

/** Asks the Scheduler of a loop. */
export type Chooser = (point: ChoicePoint) => number;

/** Which of the ready handles runs next. */
export class HandleChoice implements ChoicePoint {
  readonly kind = 'handle';
  readonly time: number;
  readonly changed: boolean;
  readonly added: readonly Handle[] | undefined;
  readonly #handles: readonly Handle[];

  /**
   * @param handles the options; the point is about them as they are while the Scheduler is asked.
   * @param added those that came since the last point; undefined if others may have gone.
   */
  constructor(handles: readonly Handle[], time: number, added: readonly Handle[] | undefined) {
    this.#handles = handles;
    this.time = time;
    this.added = added;
    this.changed = added === undefined || added.length > 0;
  }

  get size(): number {
    return this.#handles.length;
  }

  labelOf(option: number): string {
    return this.#handles[option]?.label ?? `no option ${option}`;
  }

  handleOf(option: number): Handle | undefined {
    return this.#handles[option];
  }

  indexOf(handle: Handle): number {
    return this.#handles.indexOf(handle);
  }
}

/** A draw that is not about handles: how long something takes, or a value. */
export class DrawnChoice implements ChoicePoint {
  readonly kind: 'latency' | 'value';
  readonly size: number;
  readonly time: number;
  readonly changed = true;
  readonly #label: (option: number) => string;

  /** @param label names an option. */
  constructor(kind: 'latency' | 'value', size: number, time: number, label: (option: number) => string) {
    this.kind = kind;
    this.size = size;
    this.time = time;
    this.#label = label;
  }

  labelOf(option: number): string {
    return this.#label(option);
  }

  handleOf(): undefined {
    return undefined;
  }

  indexOf(): number {
    return -1;
  }
}
