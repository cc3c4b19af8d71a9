import { TimeloomError, type ChoicePoint } from '@timeloom/loop';
import { isSampled, optionOf, triedOf } from './draws.ts';

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

/** One run: what was taken at each choice point, of how many options, of which how many are tried, and what the others cost. */
interface Branch {
  /** Of a drawn value that is sampled, the number of the try. */
  readonly options: readonly number[];
  readonly sizes: readonly number[];
  readonly tries: readonly number[];
  readonly costly: readonly boolean[];
  /** Choice points below it belong to the run that this one branched off. */
  readonly start: number;
}

/** Gives out the runs that differ from a branch in one choice, the last one first. */
class Siblings {
  readonly branch: Branch;
  readonly #costly: boolean;
  #position: number;
  #option = 0;

  /** @param costly whether to differ where that costs something, or where it does not. */
  constructor(branch: Branch, costly: boolean) {
    this.branch = branch;
    this.#costly = costly;
    this.#position = branch.options.length - 1;
  }

  /** The first choices of the next one, the one that differs being the last; null after the last one. */
  next(): number[] | null {
    const { options, tries, costly, start } = this.branch;
    for (; this.#position >= start; this.#position--, this.#option = 0) {
      if (costly[this.#position] !== this.#costly) continue;
      while (this.#option < tries[this.#position]!) {
        const option = this.#option++;
        if (option !== options[this.#position]) return [...options.slice(0, this.#position), option];
      }
    }
    return null;
  }
}

/**
 * All runs of a deterministic program, each once: those that cost nothing, then those that cost 1,
 * and so on (CHESS's iterative bounding). A run takes what is free where its prefix says nothing. Runs
 * of one cost come depth first. Memory: one record for each run that has dearer siblings.
 */
export class ChoiceTree {
  /** What runs cost now. */
  cost = 0;
  /** Runs that are over. */
  runs = 0;
  /** True when all runs up to the bound are over. */
  done = false;
  /** True if not all options of some drawn value were tried. */
  sampled = false;
  /** True if {@link done}, and nothing costs more than the bound. */
  exhausted = false;
  readonly #bound: number;
  readonly #stack: Siblings[] = [];
  /** Runs that have siblings which cost one more. */
  #dearer: Branch[] = [];
  #prefix: number[] = [];
  #expectedSizes: readonly number[] = [];
  #options: number[] = [];
  #sizes: number[] = [];
  #tries: number[] = [];
  #costly: boolean[] = [];

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Begins a run; false if all are over. */
  begin(): boolean {
    if (this.runs > 0 && !this.#findPrefix()) return false;
    this.#options = [];
    this.#sizes = [];
    this.#tries = [];
    this.#costly = [];
    return true;
  }

  /** @throws NotDeterministicError if the program does not do what it did. */
  choose(point: ChoicePoint, free: Free): number {
    const position = this.#options.length;
    const expected = position < this.#prefix.length ? this.#expectedSizes[position]! : point.size;
    if (expected !== point.size) throw new NotDeterministicError(position, expected, point.size);
    const option = this.#prefix[position] ?? (free === 'all' ? 0 : free);
    const drawn = point.kind !== 'handle';
    this.sampled ||= drawn && isSampled(point.size);
    this.#options.push(option);
    this.#sizes.push(point.size);
    this.#tries.push(drawn ? triedOf(point.size) : point.size);
    this.#costly.push(free !== 'all');
    return drawn ? optionOf(option, point.size) : option;
  }

  /** The run is over. */
  end(): void {
    this.runs++;
    const start = this.#prefix.length;
    const branch = { options: this.#options, sizes: this.#sizes, tries: this.#tries, costly: this.#costly, start };
    this.#stack.push(new Siblings(branch, false));
    if (this.#costly.includes(true, start)) this.#dearer.push(branch);
  }

  #findPrefix(): boolean {
    for (;;) {
      const siblings = this.#stack.at(-1);
      if (siblings === undefined) {
        if (!this.#raiseCost()) return false;
        continue;
      }
      const prefix = siblings.next();
      if (prefix === null) {
        this.#stack.pop();
        continue;
      }
      this.#prefix = prefix;
      this.#expectedSizes = siblings.branch.sizes;
      return true;
    }
  }

  #raiseCost(): boolean {
    this.exhausted = this.#dearer.length === 0;
    this.done = this.exhausted || this.cost === this.#bound;
    if (this.done) return false;
    this.cost++;
    // The first run is on top of the stack.
    for (const branch of this.#dearer.toReversed()) this.#stack.push(new Siblings(branch, true));
    this.#dearer = [];
    return true;
  }
}
