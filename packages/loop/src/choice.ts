import type { Handle } from './handle.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { ChoicePoint } from './scheduler.ts';

/**
 * The positions of the batch that a Scheduler may pick: the oldest handle of each lane, and every
 * handle without a lane; with `tied` only those that tie with the oldest of all. In batch order, so
 * option 0 is FIFO.
 */
export function selectable(ready: ReadyQueue, tied: boolean): number[] {
  const positions: number[] = [];
  const lanes = new Set<object>();
  let first: Handle | undefined;
  for (let position = 0; position < ready.batchSize; position++) {
    const handle = ready.peek(position);
    if (handle.cancelled() || (handle.lane !== null && lanes.has(handle.lane))) continue;
    if (handle.lane !== null) lanes.add(handle.lane);
    first ??= handle;
    if (!tied || handle === first || (handle.tie !== undefined && handle.tie === first.tie)) positions.push(position);
  }
  return positions;
}

/** Which handle of the batch runs next. */
export class HandleChoice implements ChoicePoint {
  readonly kind = 'handle';
  readonly time: number;
  readonly #handles: readonly Handle[];

  constructor(handles: readonly Handle[], time: number) {
    this.#handles = handles;
    this.time = time;
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
}

/** A draw that is not about handles: how long something takes, or a value. */
export class DrawnChoice implements ChoicePoint {
  readonly kind: 'latency' | 'value';
  readonly size: number;
  readonly time: number;
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
}
