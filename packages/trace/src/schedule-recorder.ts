import type { ChoicePoint, Handle, Scheduler } from '@timeloom/loop';
import { LabelHash } from './label-hash.ts';
import type { Hold, Schedule, Take } from './schedule.ts';

export interface ScheduleRecorderOptions {
  /** Whether to read labels, which {@link ScheduleRecorder.digest} needs and which cost; default false. */
  readonly labels?: boolean | undefined;
}

/** A hold that may still grow. */
interface GrowingHold extends Omit<Hold, 'until'> {
  until: number;
  /** A handle that runs and is scheduled again gets a new number, and is not held any more. */
  readonly sequence: number;
}

/**
 * Records the Schedule of one run, exactly: following it takes the same options again. Hand it to the
 * loop around the Scheduler that decides, or call {@link record} for each choice. Adds next to nothing
 * to a choice while the run is FIFO.
 */
export class ScheduleRecorder implements Scheduler {
  readonly #scheduler: Scheduler | null;
  readonly #differences: (GrowingHold | Take)[] = [];
  /** Handles that were passed over and have not been chosen since. */
  readonly #held = new Map<Handle, GrowingHold>();
  readonly #hash: LabelHash | null;
  #digest = 0;
  #choices = 0;

  /** @param scheduler decides; default: first in, first out. */
  constructor(scheduler: Scheduler | null = null, options: ScheduleRecorderOptions = {}) {
    this.#scheduler = scheduler;
    this.#hash = options.labels === true ? new LabelHash() : null;
  }

  /** Choice points so far. */
  get choices(): number {
    return this.#choices;
  }

  /** The schedule so far. */
  schedule(): Schedule {
    return {
      differences: this.#differences.map((difference) => {
        const { kind, at, option } = difference;
        return kind === 'take' ? { kind, at, option } : { kind, at, option, until: difference.until };
      }),
    };
  }

  /**
   * What the program did under this schedule, in 24 bits: a hash of kind, size and label of all choices
   * up to the last one at which a handle was passed over, ran late, or a latency or value was taken. 0
   * for FIFO. A replay with another digest runs another program.
   *
   * @throws TypeError without the option `labels`.
   */
  digest(): number {
    if (this.#hash !== null) return this.#digest;
    throw new TypeError('digest() needs labels: make the recorder with { labels: true }');
  }

  choose(point: ChoicePoint): number {
    const option = this.#scheduler === null ? 0 : this.#scheduler.choose(point);
    this.record(point, option);
    return option;
  }

  /** Takes note of a choice that was made elsewhere. An option that there is not is left to the loop to refuse. */
  record(point: ChoicePoint, option: number): void {
    const at = this.#choices++;
    if (option === 0 && this.#held.size === 0 && this.#hash === null) return;
    if (!Number.isInteger(option) || option < 0 || option >= point.size) return;
    this.#hash?.add(point, option);
    const differs = point.kind === 'handle' ? this.#chooseHandle(point, option, at) : this.#take(option, at);
    if (differs && this.#hash !== null) this.#digest = this.#hash.value;
  }

  #take(option: number, at: number): boolean {
    if (option > 0) this.#differences.push({ kind: 'take', at, option });
    return option > 0;
  }

  #chooseHandle(point: ChoicePoint, option: number, at: number): boolean {
    for (let i = 0; i < option; i++) this.#passOver(point.handleOf(i)!, i, at);
    const chosen = point.handleOf(option)!;
    const held = this.#held.get(chosen);
    const released = held !== undefined && held.sequence === chosen.sequence;
    if (released) held.until = at;
    if (held !== undefined) this.#held.delete(chosen);
    return option > 0 || released;
  }

  #passOver(handle: Handle, option: number, at: number): void {
    const { sequence } = handle;
    const until = at + 1;
    const held = this.#held.get(handle);
    if (held !== undefined && held.sequence === sequence) {
      held.until = until;
      return;
    }
    const hold: GrowingHold = { kind: 'hold', at, option, until, sequence };
    this.#differences.push(hold);
    this.#held.set(handle, hold);
  }
}
