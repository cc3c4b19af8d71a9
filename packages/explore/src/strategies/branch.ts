import { TimeloomError, type ChoicePoint } from '@timeloom/loop';
import type { RunScheduler } from '../strategy.ts';
import { optionOf, triedOf } from './draws.ts';

/** The same choices led to another choice point than before: the program depends on something else. */
export class NotDeterministicError extends TimeloomError {
  constructor(position: number, expected: number, found: number) {
    super(
      'TIMELOOM_NOT_DETERMINISTIC',
      `The program is not deterministic: after the same ${position} choices there were ${expected} options in one run ` +
        `and ${found} in the next. Look for real time, real I/O, randomness, or state that outlives a run: that of ` +
        'modules does, unless each run imports them anew (timeloom explore --fresh, or freshProgram()).',
    );
  }
}

/** What a choice point offers for nothing: one option (the others cost 1 each), or `all`. */
export type Free = number | 'all';

/** How a run begins. Behind that it takes what is free. */
export interface Start {
  /** Of a drawn value that is sampled, the number of the try. */
  readonly options: readonly number[];
  /** How many options the choice points have, and maybe later ones. */
  readonly sizes: readonly number[];
}

/**
 * What a run came by behind its start, which belongs to the run that it branched off: what was taken at each choice
 * point, of how many options, of which how many are tried, and whether the others cost something.
 */
export interface Branch {
  /** Of a drawn value that is sampled, the number of the try. */
  readonly options: readonly number[];
  readonly sizes: readonly number[];
  readonly tries: readonly number[];
  readonly costly: readonly boolean[];
}

/** A run that goes where the tree leads, and tells what it came by. */
export abstract class TreeRun implements RunScheduler {
  readonly #start: Start;
  /** Choice points so far. */
  #choices = 0;
  readonly #options: number[] = [];
  readonly #sizes: number[] = [];
  readonly #tries: number[] = [];
  readonly #costly: boolean[] = [];

  constructor(start: Start) {
    this.#start = start;
  }

  /** Complete once the run is over. */
  get branch(): Branch {
    return { options: this.#options, sizes: this.#sizes, tries: this.#tries, costly: this.#costly };
  }

  /** @throws NotDeterministicError if the program does not do what it did. */
  choose(point: ChoicePoint): number {
    const { options, sizes } = this.#start;
    const position = this.#choices++;
    const drawn = point.kind !== 'handle';
    if (position < options.length) {
      if (sizes[position] !== point.size) throw new NotDeterministicError(position, sizes[position]!, point.size);
      return drawn ? optionOf(options[position]!, point.size) : options[position]!;
    }
    const free = this.freeAt(point);
    const option = free === 'all' ? 0 : free;
    this.#options.push(option);
    this.#sizes.push(point.size);
    this.#tries.push(drawn ? triedOf(point.size) : point.size);
    this.#costly.push(free !== 'all');
    return drawn ? optionOf(option, point.size) : option;
  }

  /** What the point offers for nothing. */
  protected abstract freeAt(point: ChoicePoint): Free;
}

/** True if not all options of some drawn value are tried. */
export function isSampled({ sizes, tries }: Branch): boolean {
  return sizes.some((size, position) => tries[position]! < size);
}
