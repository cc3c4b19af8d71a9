import { show } from '@timeloom/loop';
import type { Strategy, StrategyOptions } from '../strategy.ts';
import { delayBoundStrategy } from './delay-bound.ts';
import { dfsStrategy } from './dfs.ts';
import { dporStrategy } from './dpor.ts';
import { fifoStrategy } from './fifo.ts';
import { mutationStrategy } from './mutation.ts';
import { pctStrategy } from './pct.ts';
import { portfolioStrategy } from './portfolio.ts';
import { posStrategy } from './pos.ts';
import { preemptionBoundStrategy } from './preemption-bound.ts';
import { randomStrategy } from './random.ts';
import { surwStrategy } from './surw.ts';
import { urwStrategy } from './urw.ts';

/** Makes a strategy. @throws TypeError, RangeError on bad options, naming them. */
export type StrategyFactory = (options: StrategyOptions) => Strategy;

/** All strategies, by name. To add one, write its file and list it here. */
export const strategies: Readonly<Record<string, StrategyFactory>> = {
  fifo: fifoStrategy,
  random: randomStrategy,
  pct: pctStrategy,
  pos: posStrategy,
  urw: urwStrategy,
  surw: surwStrategy,
  'delay-bound': delayBoundStrategy,
  'preemption-bound': preemptionBoundStrategy,
  dfs: dfsStrategy,
  dpor: dporStrategy,
  mutation: mutationStrategy,
  portfolio: portfolioStrategy,
};

/** A strategy by its name. @throws TypeError, RangeError on an unknown name or bad options, naming them. */
export function makeStrategy(name: string, options: StrategyOptions): Strategy {
  if (!Object.hasOwn(strategies, name)) {
    throw new RangeError(`strategy must be one of ${Object.keys(strategies).join(', ')}, got ${show(name)}`);
  }
  return strategies[name]!(options);
}
