import type { ChoicePoint } from '@timeloom/loop';
import type { Strategy, StrategyOptions } from '../strategy.ts';
import { below, SampledRun, SamplingStrategy, type Random } from './sampling.ts';
import { count, detectable } from './wording.ts';

/**
 * Random walk: at each choice point any option, with equal probability.
 *
 * Guarantee: every order has a chance, but an order with k choices among m may have as little as
 * 1/m^k, and what all lanes do at about the same pace is strongly preferred. The baseline of every
 * paper named in this folder.
 */
export function randomStrategy(options: StrategyOptions): Strategy {
  return new RandomWalk(options);
}

class RandomWalk extends SamplingStrategy<RandomWalkRun> {
  readonly name = 'random';
  /** Whether there is any choice: there is nothing else to learn. */
  override readonly learningRuns = 1;

  protected startRun(random: Random): RandomWalkRun {
    return new RandomWalkRun(random);
  }

  protected describe(runs: number): string {
    return (
      `random walk, ${count(runs, 'run')}: a failure in more than ${detectable(runs)} of such walks ` +
      'would have shown with probability 95 %; there is no bound for what needs a rare order'
    );
  }
}

class RandomWalkRun extends SampledRun {
  protected chooseHandle(point: ChoicePoint): number {
    return below(this.random, point.size);
  }
}
