import { show } from '@timeloom/loop';

/**
 * @throws TypeError unless `value` is a number.
 * @throws RangeError unless it is a whole number of at least 0, or Infinity; with `refusal` as its text, if given.
 */
export function checkCount(parameter: string, value: unknown, refusal?: string): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${parameter} must be a whole number of at least 0, got ${show(value)}`);
  }
  if (value >= 0 && (value === Infinity || Number.isInteger(value))) return;
  throw new RangeError(refusal ?? `${parameter} must be a whole number of at least 0, got ${value}`);
}
