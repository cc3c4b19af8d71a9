import type { ChoicePoint, Handle, Instrument } from '@timeloom/loop';
import { traceEventKinds, type TraceEvent, type TraceEventKind } from './event.ts';

export interface RecorderOptions {
  /** What to record; default: all kinds. Labels of other kinds are never read, which saves their cost. */
  readonly kinds?: readonly TraceEventKind[] | undefined;
  /** Gets each event as it happens; default: it is added to {@link Recorder.events}. Must not throw. */
  readonly onEvent?: ((event: TraceEvent) => void) | undefined;
}

/**
 * Turns what one loop tells its instruments into events. Not to be shared between loops: it counts
 * turns and steps.
 */
export class Recorder implements Instrument {
  /** What was recorded, in order; stays empty when `onEvent` is given. */
  readonly events: TraceEvent[] = [];
  readonly #kinds: ReadonlySet<TraceEventKind>;
  readonly #emit: (event: TraceEvent) => void;
  #time = 0;
  #turn = 0;
  #step = 0;

  /** @throws RangeError for a kind that there is not. */
  constructor(options: RecorderOptions = {}) {
    const { kinds = traceEventKinds, onEvent } = options;
    for (const kind of kinds) {
      if (traceEventKinds.includes(kind)) continue;
      throw new RangeError(`kinds must be among ${traceEventKinds.join(', ')}, got ${JSON.stringify(kind)}`);
    }
    this.#kinds = new Set(kinds);
    this.#emit = onEvent ?? ((event) => void this.events.push(event));
  }

  scheduled(handle: Handle): void {
    if (!this.#kinds.has('scheduled')) return;
    const when = 'when' in handle ? (handle.when as number) : null;
    // An instrument is not told the time here: it is that of the last thing that was.
    this.#emit({ kind: 'scheduled', ...this.#now(), label: handle.label, lane: laneOf(handle), when });
  }

  turnStarted(turn: number, time: number): void {
    this.#turn = turn;
    this.#time = time;
    if (this.#kinds.has('turn')) this.#emit({ kind: 'turn', ...this.#now() });
  }

  timeAdvanced(from: number, to: number): void {
    this.#time = to;
    if (this.#kinds.has('time')) this.#emit({ kind: 'time', ...this.#now(), from });
  }

  chosen(point: ChoicePoint, option: number): void {
    this.#time = point.time;
    if (!this.#kinds.has('choice')) return;
    const { kind: of, size } = point;
    this.#emit({ kind: 'choice', ...this.#now(), of, size, option, label: point.labelOf(option) });
  }

  stepStarted(handle: Handle, time: number): void {
    this.#time = time;
    this.#step++;
    if (!this.#kinds.has('step')) return;
    this.#emit({ kind: 'step', ...this.#now(), step: this.#step, label: handle.label, lane: laneOf(handle) });
  }

  #now(): { time: number; turn: number } {
    return { time: this.#time, turn: this.#turn };
  }
}

function laneOf(handle: Handle): string | null {
  return handle.lane?.label ?? null;
}
