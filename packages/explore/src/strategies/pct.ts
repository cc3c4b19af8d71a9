import type { ChoicePoint, Handle } from '@timeloom/loop';
import type { Strategy, StrategyOptions } from '../strategy.ts';
import { Chains, type Chain } from './chains.ts';
import { checkDepth } from './options.ts';
import { Ranking } from './ranking.ts';
import { below, SampledRun, SamplingStrategy, type Random } from './sampling.ts';
import { count, grouped, percent } from './wording.ts';

/**
 * Probabilistic concurrency testing: S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, "A
 * randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010.
 *
 * Each lane has a random priority, and the lane with the highest one runs. At d - 1 random points of
 * the run, the lane that is about to run gets a priority below all initial ones.
 *
 * Guarantee: with n lanes and k choice points, a run finds a bug of depth d (d constraints on the
 * order of steps) with a probability of at least 1/(n·k^(d-1)).
 *
 * Where this deviates from the paper:
 *  - A handle without a lane belongs to the chain of causes that it continues; see Chains.
 *  - k counts choice points, not steps: with one lane to run there is nothing to change (its section
 *    4.1). So the priority changes before the step, not behind the one before it.
 *  - k and n are the largest of the first runs, so far; the very first goes first in, first out, to
 *    measure them. A later run with more of either is not counted by the bound.
 *  - Change points are distinct.
 *  - A run that gets much longer than any before goes on as a random walk. A lane that polls would
 *    otherwise starve the lane it waits for, which no real loop does.
 *  - Where no depth was asked for, a run is of depth 3, of depth 2, a random walk, or one that gives each
 *    step of a lane a priority of its own, as basic POS does (see pos.ts): each with probability 1/4. All
 *    d - 1 changes happen in each run, so among few lanes a bug of less depth may be the rarer one; and lanes
 *    that have to take turns more often than d allows never do so. In a random walk they do, but there one
 *    step comes behind k others in a row with 2^-k; where each step has a priority, with 1/(k+1). The
 *    guarantee is a quarter of that of depth 3.
 */
export function pctStrategy(options: StrategyOptions): Strategy {
  return new Pct(options);
}

/** Initial priorities are above it, those of change points below. */
const mostChanges = 1e6;

/** Length from which on a run of an expected length has to be fair. */
const fairFrom = (k: number): number => 10 * k + 1000;

/** What a run is where no depth was asked for, each with the same probability. */
const kinds = [3, 2, 'walk', 'by step'] as const;

class Pct extends SamplingStrategy<PctRun | Walk> {
  readonly name = 'pct';
  readonly #depth: number;
  readonly #varied: boolean;
  /** Most lanes of a run. */
  #n = 0;
  /** Most choice points of a run, unless it became a random walk. */
  #k = 0;

  constructor(options: StrategyOptions) {
    super(options);
    this.#depth = checkDepth(options, 'finite');
    this.#varied = options.depth === undefined;
  }

  protected startRun(random: Random, number: number): PctRun | Walk {
    if (number === 0) return new PctRun(random, 'measure');
    const kind = this.#varied ? kinds[below(random, kinds.length)]! : this.#depth;
    if (kind === 'walk') return new Walk(random);
    const byStep = kind === 'by step';
    const changes = drawChangePoints(random, byStep ? 0 : kind - 1, this.#k);
    return new PctRun(random, { changes, byStep, fairFrom: fairFrom(this.#k) });
  }

  protected override learn(run: PctRun | Walk): void {
    this.#n = Math.max(this.#n, run.lanes);
    if (!run.isFair) this.#k = Math.max(this.#k, run.choices);
  }

  protected override covers(run: PctRun | Walk): boolean {
    return run.lanes <= this.#n && run.choices <= this.#k;
  }

  protected describe(runs: number, uncovered: number): string {
    // Where there is nothing to order, any run will do.
    const hit = (this.#varied ? 1 / kinds.length : 1) / Math.max(1, this.#n * this.#k ** (this.#depth - 1));
    const drawn = Math.max(0, runs - 1 - uncovered);
    const longer = uncovered === 0 ? '' : ` (${grouped(uncovered)} of them beyond n or k, and not counted)`;
    return (
      `PCT depth ${this.#depth}, ${count(runs, 'run')}${longer}, n = ${grouped(this.#n)}, k = ${grouped(this.#k)}: ` +
      `a bug of depth ≤ ${this.#depth} is missed with probability ≤ ${percent((1 - hit) ** drawn)}`
    );
  }
}

/** Distinct points below k, each with the priority that it gives: the later drawn, the higher. */
function drawChangePoints(random: Random, points: number, k: number): ReadonlyMap<number, number> {
  const changes = new Map<number, number>();
  for (let priority = 0; priority < Math.min(points, k, mostChanges); priority++) {
    let point = below(random, k);
    while (changes.has(point)) point = below(random, k);
    changes.set(point, priority);
  }
  return changes;
}

/** What a run will do, apart from initial priorities. */
interface Plan {
  /** Choice points, each with the priority that it gives to the lane that is about to run. */
  readonly changes: ReadonlyMap<number, number>;
  /** Whether each step of a lane has a priority of its own. */
  readonly byStep: boolean;
  /** Choice points from which on the run is a random walk. */
  readonly fairFrom: number;
}

/** A random walk. It needs no lanes, so it observes nothing. */
class Walk extends SampledRun {
  readonly lanes = 0;
  readonly isFair = true;
  choices = 0;

  protected chooseHandle(point: ChoicePoint): number {
    this.choices++;
    return below(this.random, point.size);
  }
}

class PctRun extends SampledRun {
  /** Chains that were an option so far. */
  lanes = 0;
  /** Choice points so far. */
  choices = 0;
  readonly #plan: Plan | 'measure';
  readonly #chains = new Chains();
  readonly #ranking = new Ranking((handle) => this.#priorityOf(this.#chains.of(handle)));

  constructor(random: Random, plan: Plan | 'measure') {
    super(random);
    this.#plan = plan;
  }

  /** True if the run became a random walk. */
  get isFair(): boolean {
    return this.#plan !== 'measure' && this.choices > this.#plan.fairFrom;
  }

  scheduled(handle: Handle): void {
    this.#chains.scheduled(handle);
  }

  stepStarted(handle: Handle): void {
    if (this.#plan !== 'measure' && this.#plan.byStep) this.#chains.of(handle).priority = this.#draw();
    this.#chains.stepStarted(handle);
  }

  stepEnded(): void {
    this.#chains.stepEnded();
  }

  protected chooseHandle(point: ChoicePoint): number {
    const number = this.choices++;
    if (this.#plan === 'measure') return this.#measure(point);
    if (this.isFair) return below(this.random, point.size);
    const option = this.#ranking.best(point);
    const change = this.#plan.changes.get(number);
    if (change === undefined) return option;
    this.#chains.of(point.handleOf(option)!).priority = change;
    this.#ranking.forget();
    return this.#ranking.best(point);
  }

  /** First in, first out; takes note of the chains. */
  #measure(point: ChoicePoint): number {
    if (!point.changed) return 0;
    for (const handle of point.added ?? []) this.#priorityOf(this.#chains.of(handle));
    if (point.added !== undefined) return 0;
    for (let option = 0; option < point.size; option++) this.#priorityOf(this.#chains.of(point.handleOf(option)!));
    return 0;
  }

  #priorityOf(chain: Chain): number {
    if (Number.isNaN(chain.priority)) {
      chain.priority = this.#draw();
      this.lanes++;
    }
    return chain.priority;
  }

  #draw(): number {
    return mostChanges + this.random();
  }
}
