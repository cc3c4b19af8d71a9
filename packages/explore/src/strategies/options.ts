import { show } from '@timeloom/loop';
import type { StrategyOptions } from '../strategy.ts';

/** @throws TypeError unless the seed is a number or a string. */
export function checkSeed({ seed }: StrategyOptions): number | string {
  if (typeof seed !== 'number' && typeof seed !== 'string') {
    throw new TypeError(`seed must be a number or a string, got ${show(seed)}`);
  }
  return seed;
}

/** @throws TypeError, RangeError unless the depth is a positive whole number, or Infinity where that is allowed. */
export function checkDepth({ depth = 3 }: StrategyOptions, infinity: 'finite' | 'or Infinity'): number {
  const expected = `depth must be a positive whole number${infinity === 'finite' ? '' : ' or Infinity'}`;
  if (typeof depth !== 'number') throw new TypeError(`${expected}, got ${show(depth)}`);
  const allowed = depth === Infinity ? infinity === 'or Infinity' : Number.isInteger(depth) && depth >= 1;
  if (!allowed) throw new RangeError(`${expected}, got ${depth}`);
  return depth;
}

/** @throws RangeError unless `undeclared` is one of its words, or left out. */
export function checkUndeclared({ undeclared }: StrategyOptions): StrategyOptions['undeclared'] {
  if (undeclared === undefined || undeclared === 'dependent' || undeclared === 'independent') return undeclared;
  throw new RangeError(`undeclared must be 'dependent' or 'independent', got ${show(undeclared)}`);
}
