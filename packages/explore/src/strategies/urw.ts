import type { ChoicePoint, Handle } from '@timeloom/loop';
import { LanePath, Lanes, type RunLane } from './lanes.ts';
import type { RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { Profile, Remaining } from './profile.ts';
import { drawWeighted, SampledRun, SamplingStrategy, type Random } from './sampling.ts';
import { count, detectable } from './wording.ts';

/**
 * Uniform random walk: H. Zhao, D. Wolff, U. Mathur, A. Roychoudhury, "Selectively uniform
 * concurrency testing", ASPLOS 2025, section 3.
 *
 * A lane runs with a probability proportional to the steps it has left, those of lanes it has yet to
 * make included.
 *
 * Guarantee: all orders are equally likely, if the numbers of steps are right and no lane waits for
 * another.
 *
 * Where this deviates from the paper: the numbers are the means of the runs that passed so far,
 * beginning with one that goes first in, first out. A lane that none of them had counts as one step.
 */
export function urwStrategy(options: StrategyOptions): Strategy {
  return new Urw(options);
}

class Urw extends SamplingStrategy<UrwRun> {
  readonly name = 'urw';
  readonly #root = new LanePath(null, 0);
  readonly #profile = new Profile();

  protected startRun(random: Random): UrwRun {
    return new UrwRun(random, this.#root, this.#profile);
  }

  protected override learn(run: UrwRun, { passed, steps }: RunSummary): void {
    // A run that failed may have ended early.
    if (passed || this.#profile.isEmpty) this.#profile.add(run.stepsOfLanes(steps));
  }

  protected describe(runs: number): string {
    return (
      `URW, ${count(runs, 'run')}: a failure in more than ${detectable(runs)} of all orders ` +
      'would have shown with probability 95 %, as far as lanes do not wait for each other'
    );
  }
}

class UrwRun extends SampledRun {
  readonly #made: RunLane[] = [];
  /** The lane of each step. */
  readonly #steps: RunLane[] = [];
  readonly #lanes: Lanes;
  readonly #remaining: Remaining;
  readonly #measures: boolean;

  constructor(random: Random, root: LanePath, profile: Profile) {
    super(random);
    this.#lanes = new Lanes(root);
    this.#remaining = new Remaining(profile);
    this.#measures = profile.isEmpty;
  }

  protected chooseHandle(point: ChoicePoint): number {
    if (this.#measures) return 0;
    const weights: number[] = [];
    for (let option = 0; option < point.size; option++) {
      // What is ready has at least this one step left.
      weights.push(Math.max(1, this.#remaining.of(this.#lanes.of(point.handleOf(option)!))));
    }
    return drawWeighted(this.random, weights);
  }

  scheduled(handle: Handle): void {
    const lane = this.#lanes.scheduled(handle);
    if (lane === null) return;
    this.#made.push(lane);
    this.#remaining.made(lane);
  }

  stepStarted(handle: Handle): void {
    this.#lanes.stepStarted(handle);
    const lane = this.#lanes.current;
    this.#steps.push(lane);
    this.#remaining.spend(lane);
  }

  stepEnded(): void {
    this.#lanes.stepEnded();
  }

  /** How many of the first `steps` steps each lane took; what came behind them was the cleanup of the run. */
  stepsOfLanes(steps: number): ReadonlyMap<RunLane, number> {
    const events = new Map(this.#made.map((lane) => [lane, 0]));
    for (const lane of this.#steps.slice(0, steps)) events.set(lane, (events.get(lane) ?? 0) + 1);
    return events;
  }
}
