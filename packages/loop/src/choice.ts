import type { Handle } from './handle.ts';
import type { ChoicePoint } from './scheduler.ts';

/** Which of the ready handles runs next. One object serves all choices of a queue. */
export class HandleChoice implements ChoicePoint {
  readonly kind = 'handle';
  time = 0;
  added: readonly Handle[] | undefined = undefined;
  #handles: readonly Handle[];

  /** @param handles the options of the first choice. */
  constructor(handles: readonly Handle[]) {
    this.#handles = handles;
  }

  /**
   * Turns to the next choice.
   *
   * @param handles the options; the point is about them as they are while the Scheduler is asked.
   * @param added those that came since the last point; undefined if others may have gone.
   */
  about(handles: readonly Handle[], time: number, added: readonly Handle[] | undefined): this {
    this.#handles = handles;
    this.time = time;
    this.added = added;
    return this;
  }

  get changed(): boolean {
    return this.added === undefined || this.added.length > 0;
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

/** The deadline up to which time passes. */
export function choiceOfDeadline(deadlines: readonly number[], time: number): ChoicePoint {
  return new DrawnChoice('latency', deadlines.length, time, (option) => `timers fire at ${deadlines[option]}`);
}
