const digitBits = 11;
const buckets = 1 << digitBits;
const digitMask = buckets - 1;
const digitShifts = [0, digitBits, 2 * digitBits];

/**
 * The positions of `numbers` (no NaN), least number first; equal numbers stay in their order.
 *
 * A radix sort over the bits, from the last digit to the first: no comparisons. Those of doubles; of small integers,
 * as whole milliseconds are, their own, of which fewer differ.
 */
export function sortedPositions(numbers: readonly number[]): Int32Array {
  const { length } = numbers;
  let positions: Int32Array = new Int32Array(length);
  for (let i = 0; i < length; i++) positions[i] = i;
  let spare: Int32Array = new Int32Array(length);
  const integers = integersOf(numbers);
  for (const words of integers === null ? sortableWords(numbers) : [integers]) {
    for (const shift of digitShifts) {
      if (!sortByDigit(words, shift, positions, spare)) continue;
      [positions, spare] = [spare, positions];
    }
  }
  return positions;
}

/** The numbers as they are if all are integers of 31 bits; null otherwise. */
function integersOf(numbers: readonly number[]): Int32Array | null {
  const { length } = numbers;
  const integers = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const number = numbers[i]!;
    const integer = number | 0;
    if (integer !== number || integer < 0) return null;
    integers[i] = integer;
  }
  return integers;
}

/** The low and the high halves of the numbers, as bits that read without a sign have the order of the numbers. */
function sortableWords(numbers: readonly number[]): [low: Int32Array, high: Int32Array] {
  const { length } = numbers;
  const low = new Int32Array(length);
  const high = new Int32Array(length);
  const number = new Float64Array(1);
  const words = new Int32Array(number.buffer);
  // Where the sign is, which differs by machine: the two words of -0.
  number[0] = -0;
  const highWord = words[1] === 0 ? 0 : 1;
  for (let i = 0; i < length; i++) {
    // + 0 makes 0 of -0, which is equal to it and has other bits.
    number[0] = numbers[i]! + 0;
    const word = words[highWord]!;
    const sign = word >> 31;
    high[i] = word ^ (sign | 0x80000000);
    low[i] = words[1 - highWord]! ^ sign;
  }
  return [low, high];
}

/** Sorts `from` into `to` by one digit; false, and nothing is done, if the digit is the same everywhere. */
function sortByDigit(words: Int32Array, shift: number, from: Int32Array, to: Int32Array): boolean {
  const { length } = words;
  const ends = new Int32Array(buckets);
  for (let i = 0; i < length; i++) ends[(words[i]! >>> shift) & digitMask]!++;
  if (ends[(words[0]! >>> shift) & digitMask] === length) return false;
  let sum = 0;
  for (let digit = 0; digit < buckets; digit++) {
    const count = ends[digit]!;
    ends[digit] = sum;
    sum += count;
  }
  for (let i = 0; i < length; i++) {
    const position = from[i]!;
    to[ends[(words[position]! >>> shift) & digitMask]!++] = position;
  }
  return true;
}
