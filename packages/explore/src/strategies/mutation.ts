import { createRandom, type AccessMode, type ChoicePoint, type Handle } from '@timeloom/loop';
import { LanePath } from './lanes.ts';
import type { RunScheduler, RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { Foresight } from './foresight.ts';
import { Orderings } from './orderings.ts';
import { checkSeed } from './options.ts';
import { below, type Random } from './sampling.ts';
import { SharedObjects } from './shared-objects.ts';
import { count, grouped } from './wording.ts';

/**
 * Greybox search: changes runs that showed something new. The corpus and its numbers are those of Fest,
 * the coverage-guided search of Fray (NSDI 2026); what counts as new is from D. Wolff, Z. Shi, G. Duck,
 * U. Mathur, A. Roychoudhury, "Greybox fuzzing for concurrency testing" (RFF), ASPLOS 2024.
 *
 * The tape of a run says which lane ran, or what was drawn, at each choice point. A tape is kept if its
 * run showed a pair of conflicting accesses in an order that none before did: who read what whom wrote,
 * and who wrote behind whom. Without declared accesses, it is which step followed which. Each kept tape
 * is the parent of 16 runs in turn, which follow it but for up to 5 random places; every eighth run is
 * a random walk. The first run goes first in, first out.
 *
 * Guarantee: none; every order has a chance, as in a random walk.
 *
 * Where this deviates from Fest: a tape has lanes and no random numbers, so that a change at one place
 * leaves the others as they were.
 */
export function mutationStrategy(options: StrategyOptions): Strategy {
  return new Mutation(checkSeed(options));
}

const childrenOfParent = 16;
const mostChanges = 5;
const randomWalkEvery = 8;

/** What was taken at a choice point: the lane that ran, or the option that was drawn. */
type Taken = LanePath | number;

class Mutation implements Strategy {
  readonly name = 'mutation';
  readonly whyWhole =
    'it learns from every run, and parts that learn from their own runs only are searches of their own; use it with ' +
    'another seed on each machine';
  readonly #seed: number | string;
  readonly #root = new LanePath(null, 0);
  readonly #objects = new SharedObjects();
  /** Pairs of conflicting accesses that were seen so far. */
  readonly #seen = new Set<string>();
  /** Tapes of runs that showed something new. */
  readonly #corpus: (readonly Taken[])[] = [];
  #parent = 0;
  #childrenLeft = childrenOfParent;
  #run: MutationRun | null = null;
  #runs = 0;
  #lastNew = 0;
  #oneOrder = false;

  constructor(seed: number | string) {
    this.#seed = seed;
  }

  /** True once all orders were run. */
  get exhausted(): boolean {
    return this.#oneOrder;
  }

  nextRun(): RunScheduler | null {
    if (this.#oneOrder) return null;
    const number = this.#runs++;
    const random = createRandom(`${this.#seed}/${this.name}/${number}`);
    const foresight = new Foresight(this.#root, this.#objects);
    this.#run = new MutationRun(random, foresight, number === 0 ? 'fifo' : this.#plan(random, number));
    return this.#run;
  }

  #plan(random: Random, number: number): Plan {
    if (number % randomWalkEvery === 0 || this.#corpus.length === 0) return { parent: [], changes: new Set() };
    if (this.#childrenLeft === 0) {
      this.#parent = (this.#parent + 1) % this.#corpus.length;
      this.#childrenLeft = childrenOfParent;
    }
    this.#childrenLeft--;
    const parent = this.#corpus[this.#parent]!;
    const changes = new Set<number>();
    for (let i = below(random, mostChanges); i >= 0; i--) changes.add(below(random, parent.length));
    return { parent, changes };
  }

  runEnded({ choices, steps }: RunSummary): void {
    const run = this.#run!;
    this.#run = null;
    this.#oneOrder = choices === 0;
    const before = this.#seen.size;
    for (const pair of run.orderings.upTo(steps)) this.#seen.add(pair);
    if (this.#seen.size === before || choices === 0) return;
    this.#lastNew = this.#runs;
    this.#corpus.push(run.tape.slice(0, choices));
  }

  describeCoverage(runs: number): string {
    if (this.#oneOrder) return 'exhaustive: 1 order';
    return (
      `mutation, ${count(runs, 'run')}: ${count(this.#seen.size, 'order')} of two conflicting accesses seen, the last ` +
      `new one in run ${grouped(this.#lastNew)}; there is no bound of what was missed`
    );
  }
}

/** What a run follows, and where it does not. */
interface Plan {
  readonly parent: readonly Taken[];
  readonly changes: ReadonlySet<number>;
}

class MutationRun implements RunScheduler {
  readonly tape: Taken[] = [];
  readonly orderings = new Orderings();
  readonly #random: Random;
  readonly #foresight: Foresight;
  readonly #plan: Plan | 'fifo';

  constructor(random: Random, foresight: Foresight, plan: Plan | 'fifo') {
    this.#random = random;
    this.#foresight = foresight;
    this.#plan = plan;
  }

  choose(point: ChoicePoint): number {
    const option = this.#plan === 'fifo' ? 0 : (this.#followed(point, this.#plan) ?? below(this.#random, point.size));
    this.tape.push(point.kind === 'handle' ? this.#laneOf(point, option) : option);
    return option;
  }

  /** What the parent took, if that is to be kept and can be. */
  #followed(point: ChoicePoint, { parent, changes }: Plan): number | undefined {
    const place = this.tape.length;
    const taken = parent[place];
    if (taken === undefined || changes.has(place)) return undefined;
    if (typeof taken === 'number') return point.kind === 'handle' || taken >= point.size ? undefined : taken;
    for (let option = 0; point.kind === 'handle' && option < point.size; option++) {
      if (this.#laneOf(point, option) === taken) return option;
    }
    return undefined;
  }

  #laneOf(point: ChoicePoint, option: number): LanePath {
    return this.#foresight.lanes.of(point.handleOf(option)!).path;
  }

  scheduled(handle: Handle): void {
    this.#foresight.lanes.scheduled(handle);
  }

  stepStarted(handle: Handle): void {
    this.#foresight.stepStarted(handle);
  }

  accessed(object: object, mode: AccessMode): void {
    this.#foresight.accessed(object, mode);
  }

  stepEnded(): void {
    const { path } = this.#foresight.lanes.current;
    this.#foresight.stepEnded();
    this.orderings.add(path, this.#foresight.step);
  }
}
