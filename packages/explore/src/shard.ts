import { show } from '@timeloom/loop';

/** Runs of a search: `count` of them, from the number `first` on, each `stride` after the one before. */
export interface Share {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
}

/** One of `of` parts of a search. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** Reads `i/n`: the i-th of n parts, counted from 1. @throws TypeError, RangeError if it is not that. */
export function parseShard(text: string): Shard {
  const expected = 'shard must be i/n, with 1 <= i <= n';
  if (typeof text !== 'string') throw new TypeError(`${expected}, got ${show(text)}`);
  const [, index, of] = /^(\d{1,9})\/(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new RangeError(`${expected}, got ${show(text)}`);
  }
  return { index, of };
}

/** The runs of a shard: each `of`-th one. Shards do not overlap, and together they are all runs. */
export function shareOf(shard: Shard | null, runs: number): Share {
  if (shard === null) return { first: 0, stride: 1, count: runs };
  const first = shard.index - 1;
  return { first, stride: shard.of, count: Math.max(0, Math.ceil((runs - first) / shard.of)) };
}

/** The number of the `index`-th run of a share. */
export function numberIn({ first, stride }: Share, index: number): number {
  return first + index * stride;
}

/** A share cut into blocks of at most `size` runs, in order. */
export function* blocksOf(share: Share, size: number): Generator<Share, void, void> {
  for (let start = 0; start < share.count; start += size) {
    yield { first: numberIn(share, start), stride: share.stride, count: Math.min(size, share.count - start) };
  }
}
