import { FifoScheduler } from '@timeloom/loop';
import type { RunScheduler, Strategy, StrategyOptions } from '../strategy.ts';
import { checkSeed } from './options.ts';

/** The order of a loop without a scheduler, once: what runs in production if nothing is ever late. */
export function fifoStrategy(options: StrategyOptions): Strategy {
  checkSeed(options);
  return new FifoStrategy();
}

class FifoStrategy implements Strategy {
  readonly name = 'fifo';
  readonly whyWhole = 'it makes one run';
  #runs = 0;

  nextRun(): RunScheduler | null {
    return this.#runs++ === 0 ? new FifoScheduler() : null;
  }

  runEnded(): void {}

  describeCoverage(): string {
    return 'FIFO: the default order, and no other';
  }
}
