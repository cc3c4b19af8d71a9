import type { Difference, Hold, Schedule } from '@timeloom/trace';

/** The program whose failing schedule is made small. */
export interface ShrinkTarget {
  /**
   * Runs the program along a schedule.
   *
   * @returns the schedule as the run took it, without what it never came to, if the run fails in the way
   * that is being shrunk; else null. What is returned must fail so again.
   */
  fails(schedule: Schedule): Promise<Schedule | null>;
  /**
   * Later steps of the task that the hold at `index` of the schedule holds back, as holds of one choice
   * each, the latest first. Default: none.
   */
  later?(schedule: Schedule, index: number): Promise<readonly Hold[]>;
  /**
   * The steps of all tasks that the schedule holds back, in the run along `base`, as holds of one choice
   * each. Default: none.
   */
  steps?(schedule: Schedule, base: Schedule): Promise<readonly Hold[]>;
}

/** What shrinking came to. */
export interface Shrunk {
  /** It was seen to fail. */
  readonly schedule: Schedule;
  /** Runs that it took. */
  readonly runs: number;
}

/** Rounds in which holds are moved. Unlike the rest it does not get smaller, so it might go on forever. */
const movingRounds = 2;

/** Places at which one hold is tried in the place of all. */
const mostSingles = 24;

/** Places for each of two. */
const mostPaired = 8;

/** Choices for which a hold is as long as the run. */
const forGood = 1e6;

/** Places that a hold is moved to, at most. */
const mostMoves = 32;

/**
 * Makes a failing schedule small. In this order, until nothing changes:
 *
 *  1. removes differences from FIFO, by delta debugging (Zeller and Hildebrandt, IEEE TSE 2002);
 *  2. lets one hold, as long as the run, do the work of others; and once, looks for one or two such holds
 *     that do all of it;
 *  3. moves holds to later steps of the task that they hold, so that the run is first in, first out for
 *     as long as the failure allows;
 *  4. ends holds early, and takes the least latencies and values.
 *
 * Unless `mostRuns` ends it early, no single difference of the result can be removed, and none can be
 * shortened by one choice or one option.
 *
 * @param schedule one that fails; as the run took it.
 * @param mostRuns ends the shrinking; the best schedule so far is returned.
 */
export async function shrink(schedule: Schedule, target: ShrinkTarget, mostRuns = 1000): Promise<Shrunk> {
  const shrinker = new Shrinker(schedule, target, mostRuns);
  for (let round = 1; ; round++) {
    const before = shrinker.best;
    await shrinker.removeDifferences();
    await shrinker.lengthen();
    if (round === 1) await shrinker.rebuild();
    if (round <= movingRounds) await shrinker.moveLater();
    await shrinker.shorten();
    if (shrinker.best === before) break;
  }
  return { schedule: { differences: shrinker.best }, runs: shrinker.runs };
}

class Shrinker {
  readonly #target: ShrinkTarget;
  readonly #mostRuns: number;
  /** The smallest schedule that was seen to fail. */
  best: readonly Difference[];
  runs = 0;

  constructor(schedule: Schedule, target: ShrinkTarget, mostRuns: number) {
    this.best = schedule.differences;
    this.#target = target;
    this.#mostRuns = mostRuns;
  }

  /** Takes a candidate if it fails. */
  async #accept(candidate: readonly Difference[]): Promise<boolean> {
    if (this.runs >= this.#mostRuns) return false;
    this.runs++;
    const taken = (await this.#target.fails({ differences: candidate }))?.differences;
    if (taken === undefined) return false;
    // What the run took leaves out what it never came to. Both were seen to fail.
    this.best = isSmaller(taken, candidate) ? taken : candidate;
    return true;
  }

  async removeDifferences(): Promise<void> {
    if (this.best.length > 1 && (await this.#accept([]))) return;
    let chunk = Math.ceil(this.best.length / 2);
    while (this.best.length > 0) {
      if (await this.#removeOneChunk(chunk)) chunk = Math.min(chunk, this.best.length);
      else if (chunk > 1) chunk = Math.ceil(chunk / 2);
      else break;
    }
  }

  async #removeOneChunk(chunk: number): Promise<boolean> {
    const all = this.best;
    // From the end: late differences are the ones that other differences do not depend on.
    for (let end = all.length; end > 0; end -= chunk) {
      if (await this.#accept(all.toSpliced(Math.max(0, end - chunk), Math.min(chunk, end)))) return true;
    }
    return false;
  }

  /** Lets one hold do the work of others: a longer one in the place of two. */
  async lengthen(): Promise<void> {
    for (let index = 0; index < this.best.length; index++) {
      const hold = this.best[index]!;
      if (hold.kind !== 'hold') continue;
      const longer = this.best.with(index, { ...hold, until: hold.at + forGood });
      if (await this.#removeOneBesides(longer, index)) index = -1;
    }
  }

  async #removeOneBesides(all: readonly Difference[], index: number): Promise<boolean> {
    for (let other = all.length - 1; other >= 0; other--) {
      if (other !== index && (await this.#accept(all.toSpliced(other, 1)))) return true;
    }
    return false;
  }

  /** Looks for one or two holds, as long as the run, of steps of the tasks that are held back, that do all the work. */
  async rebuild(): Promise<void> {
    if (this.best.length < 2) return;
    const ones = await this.#longHolds([]);
    for (const one of sample(ones, mostSingles)) if (await this.#accept([one])) return;
    if (this.best.length < 3) return;
    for (const one of sample(ones, mostPaired)) {
      for (const other of sample(await this.#longHolds([one]), mostPaired)) {
        const both = insert([one], other);
        if (both !== null && (await this.#accept(both))) return;
      }
    }
  }

  /** Steps of the tasks that are held back, in the run along `base`, each held for good. */
  async #longHolds(base: readonly Difference[]): Promise<readonly Hold[]> {
    if (this.#target.steps === undefined || this.runs >= this.#mostRuns) return [];
    this.runs++;
    const steps = await this.#target.steps({ differences: this.best }, { differences: base });
    return steps.map(({ kind, at, option }) => ({ kind, at, option, until: at + forGood }));
  }

  async moveLater(): Promise<void> {
    if (this.#target.later === undefined) return;
    for (let index = this.best.length - 1; index >= 0; index--) {
      if (this.best[index]?.kind === 'hold' && this.runs < this.#mostRuns) await this.#moveOneLater(index);
    }
  }

  async #moveOneLater(index: number): Promise<void> {
    const all = this.best;
    const hold = all[index] as Hold;
    this.runs++;
    const places = await this.#target.later!({ differences: all }, index);
    for (const place of places.filter(({ at }) => at > hold.at).slice(0, mostMoves)) {
      // As short as can be, as long as before, or for as long as anything else is ready.
      const ends = new Set([
        place.until,
        place.at + hold.until - hold.at,
        Math.max(place.until, hold.until),
        place.at + forGood,
      ]);
      for (const until of ends) {
        const candidate = insert(all.toSpliced(index, 1), { ...place, until });
        if (candidate !== null && (await this.#accept(candidate))) return;
      }
    }
  }

  async shorten(): Promise<void> {
    for (let index = 0; index < this.best.length; index++) await this.#shortenOne(index);
  }

  /** Finds a size of one difference that fails where one less does not; the least one, if the sizes below all pass. */
  async #shortenOne(index: number): Promise<void> {
    let passes = 0;
    for (;;) {
      const size = sizeOf(this.best[index]);
      if (size <= passes + 1) return;
      // The least first, which is often enough; then halves.
      const smaller = passes === 0 ? 1 : Math.floor((passes + size) / 2);
      const { length } = this.best;
      if (!(await this.#accept(withSize(this.best, index, smaller)))) passes = smaller;
      // With another number of differences, the index is another's: the next round comes back.
      else if (this.best.length !== length || sizeOf(this.best[index]) >= size) return;
    }
  }
}

/** What is shortened: how many choices a hold takes, or which option a take has. */
function sizeOf(difference: Difference | undefined): number {
  if (difference === undefined) return 0;
  return difference.kind === 'take' ? difference.option : difference.until - difference.at;
}

function withSize(all: readonly Difference[], index: number, size: number): readonly Difference[] {
  const difference = all[index]!;
  if (difference.kind === 'take') return all.with(index, { ...difference, option: size });
  return all.with(index, { ...difference, until: difference.at + size });
}

/** Fewer differences; or as many, which are shorter in all. */
function isSmaller(one: readonly Difference[], other: readonly Difference[]): boolean {
  const weight = (all: readonly Difference[]): number => all.reduce((sum, difference) => sum + sizeOf(difference), 0);
  return one.length === other.length ? weight(one) < weight(other) : one.length < other.length;
}

/** At most so many of them, evenly spread. */
function sample<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** Null if the point has a difference that excludes this one. */
function insert(others: readonly Difference[], added: Hold): readonly Difference[] | null {
  const excluded = others.some(
    ({ kind, at, option }) => at === added.at && (kind === 'take' || option === added.option),
  );
  return excluded ? null : [...others, added].toSorted((a, b) => a.at - b.at || a.option - b.option);
}
