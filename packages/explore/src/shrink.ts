import type { Difference, Hold, Schedule } from '@timeloom/trace';
import { removeMost } from './delta-debugging.ts';
import { withFewer, type ReadOrders, type RunOrders, type StepNaming } from './step-orders.ts';

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
  /** The run along the schedule as orders of two steps each. Default: unknown. */
  orders?(schedule: Schedule, naming: StepNaming): Promise<ReadOrders>;
  /** As `fails`, with the run that orders make. */
  failsInOrder?(orders: RunOrders): Promise<Schedule | null>;
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

/** Steps that are tried as the only one that is held, besides those of the orders that are left. */
const mostSingles = 24;

/**
 * What steps are known by, the next one if more differences are left than are enough: most bugs need two at
 * most, and more may be left because steps of the same name were taken for each other.
 */
const namings: readonly { readonly naming: StepNaming; readonly enough: number }[] = [
  { naming: 'label', enough: 1 },
  { naming: 'place', enough: 2 },
  { naming: 'cause', enough: 2 },
];

/** Differences that are enough to look for fewer orders no more: as for namings. */
const enoughToKeep = 2;

/** Runs in which fewer orders are looked for, each time. */
const mostReplacements = 150;

/** Choices for which a hold is as long as the run. */
const forGood = 1e6;

/** Places that a hold is moved to, at most. */
const mostMoves = 32;

/**
 * Makes a failing schedule small. First, if the target knows the orders of steps that make the run, it
 * removes orders by delta debugging (Zeller and Hildebrandt, IEEE TSE 2002), and looks for one step that
 * will do as the only one that is held. Then, until nothing changes:
 *
 *  1. removes differences from FIFO, by delta debugging as well;
 *  2. lets one hold, as long as the run, do the work of others;
 *  3. moves holds to later steps of the task that they hold, so that the run is first in, first out for
 *     as long as the failure allows;
 *  4. ends holds early, and takes the least latencies and values;
 *  5. if nothing changed and some are left, looks for fewer orders of steps that do, and begins anew with those.
 *
 * Unless `mostRuns` ends it early, no single difference of the result can be removed, and none can be
 * shortened by one choice or one option.
 *
 * @param schedule one that fails; as the run took it.
 * @param mostRuns ends the shrinking; the best schedule so far is returned.
 */
export async function shrink(schedule: Schedule, target: ShrinkTarget, mostRuns = 1000): Promise<Shrunk> {
  const shrinker = new Shrinker(schedule, target, mostRuns);
  await shrinker.removeOrders();
  for (let round = 1; ; round++) {
    const before = shrinker.best;
    await shrinker.removeDifferences();
    await shrinker.lengthen();
    if (round <= movingRounds) await shrinker.moveLater();
    await shrinker.shorten();
    if (shrinker.best === before && !(await shrinker.replaceOrders())) break;
  }
  return { schedule: { differences: shrinker.best }, runs: shrinker.runs };
}

class Shrinker {
  readonly #target: ShrinkTarget;
  readonly #mostRuns: number;
  /** What is shrunk. */
  readonly #found: Schedule;
  /** The smallest schedule that was seen to fail. */
  best: readonly Difference[];
  runs = 0;

  constructor(schedule: Schedule, target: ShrinkTarget, mostRuns: number) {
    this.#found = schedule;
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

  /**
   * Removes orders of two steps. These do not depend on each other as differences do, which count choices:
   * without a hold that a setup does not need, all behind it would be about other steps.
   */
  async removeOrders(): Promise<void> {
    const { orders, failsInOrder } = this.#target;
    if (orders === undefined || failsInOrder === undefined) return;
    const whole = { differences: this.best };
    for (const { naming, enough } of namings) {
      // Half of the runs are for what comes behind.
      if (this.best.length <= enough || this.runs >= this.#mostRuns / 2) return;
      this.runs++;
      const all = await orders(whole, naming);
      await this.#removeOrdersOf(all, async (kept) => await failsInOrder({ ...all, orders: kept }));
      if (!all.ambiguous) return;
    }
  }

  async #removeOrdersOf(
    { orders }: RunOrders,
    fails: (kept: RunOrders['orders']) => Promise<Schedule | null>,
  ): Promise<void> {
    const accept = async (kept: RunOrders['orders']): Promise<RunOrders['orders'] | null> => {
      if (this.runs >= this.#mostRuns) return null;
      this.runs++;
      const taken = (await fails(kept))?.differences;
      if (taken === undefined) return null;
      if (isSmaller(taken, this.best)) this.best = taken;
      return kept;
    };
    // Names may mean other steps when steps come in another order.
    if ((await accept(orders)) === null) return;
    const left = await removeMost(orders, accept);
    if (this.best.length < 2) return;
    for (const { held } of new Set([...left, ...sample(orders, mostSingles)])) {
      if ((await accept([{ held, behind: null }])) !== null) return;
    }
  }

  /**
   * Looks for fewer orders of steps than there are differences now: all but one, or one step in the place of two, that
   * the run that was found held as well, or any other. Where removal ends depends on what it tried first, and what is
   * enough is not always a part of it; and a hold that ends behind a step goes on where others are gone, while its
   * number of choices is then too small.
   *
   * @returns whether there are fewer differences.
   */
  async replaceOrders(): Promise<boolean> {
    const { orders, failsInOrder } = this.#target;
    if (this.best.length <= enoughToKeep || orders === undefined || failsInOrder === undefined) return false;
    const lastRun = Math.min(this.#mostRuns, this.runs + mostReplacements);
    const { length } = this.best;
    for (const { naming } of namings) {
      if (this.runs + 2 > lastRun) return false;
      this.runs += 2;
      const all = await orders({ differences: this.best }, naming);
      const found = await orders(this.#found, naming);
      const held = found.orders.map((order) => order.held);
      const wasHeld = new Set(held.map(({ step }) => step));
      const others = all.steps.filter(({ step }) => !wasHeld.has(step));
      for (const kept of withFewer(all.orders, [sample(held, mostSingles), sample(others, mostSingles)])) {
        if (this.runs >= lastRun) return false;
        this.runs++;
        const taken = (await failsInOrder({ ...all, orders: kept }))?.differences;
        if (taken === undefined || taken.length >= length) continue;
        this.best = taken;
        return true;
      }
      if (!all.ambiguous && !found.ambiguous) return false;
    }
    return false;
  }

  async removeDifferences(): Promise<void> {
    await removeMost(this.best, async (kept) => ((await this.#accept(kept)) ? this.best : null));
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
