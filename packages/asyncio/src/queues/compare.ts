import { show } from '@timeloom/loop';

/** Which of two comes first: negative for `a`, positive for `b`, 0 for neither. As in `Array.sort`. */
export type Compare<T> = (a: T, b: T) => number;

/**
 * The order of Python's `<`: numbers (also bigints, booleans and dates) by value, strings by their
 * code units, arrays element by element, the shorter first.
 *
 * @throws TypeError for two values that have no order, like an object and another, or a string and a number.
 */
export function compareItems(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  const [left, right] = [ordinal(a), ordinal(b)];
  if (left === undefined || right === undefined || (typeof left === 'string') !== (typeof right === 'string')) {
    throw new TypeError(
      `'<' not supported between ${show(a)} and ${show(b)}: put numbers, strings or arrays of them into the queue, or give it a compare function`,
    );
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const order = compareItems(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function ordinal(value: unknown): string | number | bigint | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Date ? value.getTime() : undefined;
}
