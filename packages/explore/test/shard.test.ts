import {
  explore,
  fromPlain,
  mergeExplorations,
  toPlain,
  type Exploration,
  type ExploreOptions,
  type PlainExploration,
  type Program,
} from '@timeloom/explore';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, numberIn, parseShard, shareOf, type Share } from '../src/shard.ts';
import { lostUpdate, safeUpdate } from './programs.ts';

/** Fails in two ways. */
const twoBugs: Program = ({ choose, assert }) => {
  const value = choose(40);
  assert(value !== 1, 'one');
  assert(value !== 3, 'three');
};

const shards = (of: number): string[] => Array.from({ length: of }, (_, index) => `${index + 1}/${of}`);

/** As data that went through a file, without the stacks of errors. */
function viaJson(exploration: Exploration): Exploration {
  const text = JSON.stringify(toPlain(exploration), (key, value: unknown) => (key === 'stack' ? undefined : value));
  return fromPlain(JSON.parse(text) as PlainExploration);
}

const searchShards = (program: Program, of: number, options: ExploreOptions): Promise<Exploration[]> =>
  Promise.all(shards(of).map(async (shard) => viaJson(await explore(program, { ...options, shard }))));

const numbersOf = (share: Share): number[] => Array.from({ length: share.count }, (_, index) => numberIn(share, index));

describe('The shares of a search', () => {
  const whole = fc.integer({ min: 0, max: 500 });
  const parts = fc.integer({ min: 1, max: 40 });

  it('do not overlap, and are all of it', () => {
    fc.assert(
      fc.property(whole, parts, (runs, of) => {
        const numbers = shards(of).flatMap((shard) => numbersOf(shareOf(parseShard(shard), runs)));
        expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: runs }, (_, number) => number));
      }),
    );
  });

  it('are cut into blocks without losing any', () => {
    fc.assert(
      fc.property(whole, parts, fc.integer({ min: 1, max: 50 }), (runs, of, size) => {
        const share = shareOf({ index: of, of }, runs);
        const blocks = [...blocksOf(share, size)];
        expect(blocks.flatMap(numbersOf)).toEqual(numbersOf(share));
        expect(blocks.every(({ count }) => count <= size)).toBe(true);
      }),
    );
  });
});

const searches = fc.record({
  seed: fc.integer(),
  strategy: fc.constantFrom('random', 'pct', 'pos', 'urw', 'surw', 'portfolio'),
  runs: fc.integer({ min: 65, max: 300 }),
});

const exhaustive = fc.record({
  strategy: fc.constantFrom('dfs', 'delay-bound', 'preemption-bound'),
  depth: fc.constantFrom(1, 2, 3, Infinity),
  reorder: fc.constantFrom<'ready' | 'free'>('ready', 'free'),
});

describe('Merged shards of an exhaustive search', () => {
  it.each([
    ['a program with two bugs', twoBugs],
    ['a lost update', lostUpdate],
    ['a program without bugs', safeUpdate],
    ['a program with one order', () => {}],
    ['values of which some are tried', ({ choose }) => choose(1000)],
  ] satisfies [string, Program][])('are the search in one piece, for %s', async (_, program) => {
    await fc.assert(
      fc.asyncProperty(exhaustive, fc.integer({ min: 1, max: 5 }), async (search, of) => {
        const options = { ...search, runs: 5000, stopAtFirst: false };
        const merged = mergeExplorations(await searchShards(program, of, options));
        expect(merged).toEqual(viaJson(await explore(program, options)));
      }),
      { numRuns: 8 },
    );
  });

  it('begin with the failure that ends the search in one piece', async () => {
    await fc.assert(
      fc.asyncProperty(exhaustive, fc.integer({ min: 1, max: 5 }), async (options, of) => {
        const { failures, ended } = mergeExplorations(await searchShards(twoBugs, of, options));
        const whole = viaJson(await explore(twoBugs, options));
        expect(ended).toBe(whole.ended);
        expect(failures[0]).toMatchObject({ firstRun: whole.failures[0]!.firstRun, token: whole.failures[0]!.token });
      }),
      { numRuns: 20 },
    );
  });

  it('say which bound all of them have come to', async () => {
    const options = { strategy: 'delay-bound', depth: 2, reorder: 'free' } as const;
    const [first, second] = await searchShards(safeUpdate, 2, options);
    expect(first!.coverage).toMatch(/^part 1 of 2, delay-bound, \d+ runs: all orders with at most 2 differences/);
    const short = await explore(safeUpdate, { ...options, shard: '2/2', signal: AbortSignal.abort() });
    expect(mergeExplorations([first!, second!]).coverage).toMatch(/^delay-bound, \d+ runs: all orders with at most 2/);
    expect(mergeExplorations([first!, viaJson(short)])).toMatchObject({
      ended: 'aborted',
      coverage: expect.stringMatching(/^delay-bound, \d+ runs: some orders with 0 differences from FIFO$/),
    });
  });
});

describe('Merged shards', () => {
  it.each([
    ['a program with two bugs', twoBugs],
    ['a lost update', lostUpdate],
    ['a program without bugs', safeUpdate],
  ])('are the search in one piece, for %s', async (_, program) => {
    await fc.assert(
      fc.asyncProperty(searches, fc.integer({ min: 1, max: 5 }), async (search, of) => {
        const options = { ...search, stopAtFirst: false };
        const merged = mergeExplorations(await searchShards(program, of, options));
        const whole = viaJson(await explore(program, options));
        expect({ ...merged, coverage: '' }).toEqual({ ...whole, coverage: '' });
      }),
      { numRuns: 10 },
    );
  });

  it('begin with the failure that ends the search in one piece', async () => {
    await fc.assert(
      fc.asyncProperty(searches, fc.integer({ min: 1, max: 5 }), async (options, of) => {
        const { failures, ended } = mergeExplorations(await searchShards(twoBugs, of, options));
        const whole = viaJson(await explore(twoBugs, options));
        expect(ended).toBe(whole.ended);
        expect(failures[0]?.firstRun).toBe(whole.failures[0]?.firstRun);
        expect(failures[0]?.token).toBe(whole.failures[0]?.token);
      }),
      { numRuns: 20 },
    );
  });

  it('have nothing left to try where one of them has not, at the end of their runs', async () => {
    // A member of the portfolio has tried all 40 values after 241 runs; the last run is the other shard's.
    const options: ExploreOptions = { seed: 0, strategy: 'portfolio', runs: 242, stopAtFirst: false };
    const parts = await searchShards(twoBugs, 2, options);
    expect(parts.map(({ ended }) => ended)).toEqual(['runs', 'exhausted']);
    const whole = viaJson(await explore(twoBugs, options));
    expect(whole).toMatchObject({ ended: 'exhausted', runs: 241 });
    expect(mergeExplorations(parts)).toEqual(whole);
  });

  it('cover what the search in one piece covers, if it had learned enough', async () => {
    for (const strategy of ['random', 'pct', 'urw', 'portfolio']) {
      const options = { strategy, runs: 600, seed: 1 };
      const { coverage } = mergeExplorations(await searchShards(safeUpdate, 3, options));
      expect(coverage).toBe((await explore(safeUpdate, options)).coverage);
    }
  });

  it('tell what each covered where a failure ended one of them', async () => {
    const { coverage } = mergeExplorations(await searchShards(lostUpdate, 2, { runs: 300, seed: 1 }));
    expect(coverage).toMatch(/^shard 1\/2: PCT depth 3, .*; shard 2\/2: PCT depth 3, /);
  });

  it('make equal parts of the runs, and do not count those that they learn from', async () => {
    const explorations = await searchShards(safeUpdate, 4, { strategy: 'pct', runs: 98 });
    expect(explorations.map(({ runs }) => runs)).toEqual([25, 25, 24, 24]);
  });

  it('of a program with one order are one run', async () => {
    const explorations = await searchShards(() => {}, 3, {});
    expect(explorations.map(({ runs, ended }) => [runs, ended])).toEqual([
      [1, 'exhausted'],
      [0, 'exhausted'],
      [0, 'exhausted'],
    ]);
    expect(mergeExplorations(explorations)).toMatchObject({
      runs: 1,
      ended: 'exhausted',
      coverage: 'exhaustive: 1 order',
    });
  });

  it('say how the least complete one ended', async () => {
    const [first, second] = await searchShards(safeUpdate, 2, { runs: 10 });
    expect(mergeExplorations([first!, { ...second!, ended: 'time' }])).toMatchObject({ ended: 'time' });
    expect(
      mergeExplorations([
        { ...first!, ended: 'aborted' },
        { ...second!, ended: 'time' },
      ]),
    ).toMatchObject({
      ended: 'aborted',
    });
  });
});

describe('Bad input', () => {
  it.each(['0/2', '3/2', '1', '1/2/3', '-1/2', '1/0', 'a/b', ''])(
    'such as shard %j is refused by name',
    async (shard) => {
      await expect(explore(safeUpdate, { shard })).rejects.toThrow(
        new RangeError(`shard must be i/n, with 1 <= i <= n, got ${JSON.stringify(shard)}`),
      );
    },
  );

  it('such as a strategy that cannot be split is refused', async () => {
    await expect(explore(safeUpdate, { shard: 1 as never })).rejects.toThrow(TypeError);
    const able = 'random, pct, pos, urw, surw, delay-bound, preemption-bound, dfs, portfolio';
    for (const [strategy, why] of [
      ['dpor', 'what it has to try follows from the races of all runs before'],
      ['mutation', 'it learns from every run'],
      ['fifo', 'it makes one run'],
    ]) {
      await expect(explore(safeUpdate, { shard: '1/2', strategy })).rejects.toThrow(
        `shard needs a strategy whose runs can be made apart from each other: ${able}; got "${strategy}": ${why}`,
      );
    }
  });

  it('of a merge says what is missing, double or different', async () => {
    const [first, second, third] = await searchShards(safeUpdate, 3, { runs: 10 });
    const other = await explore(safeUpdate, { runs: 10, seed: 1, shard: '2/3' });
    const merge = (...parts: unknown[]) => {
      try {
        return mergeExplorations(parts as Exploration[]);
      } catch (error) {
        return String(error);
      }
    };
    expect(merge()).toBe('TypeError: explorations must be an array of at least one, got an array of 0');
    expect(merge(first, third)).toBe('RangeError: explorations must be all shards: 2/3 missing');
    expect(merge(first, second, third, second)).toBe(
      'RangeError: explorations must be 3 shards, got 4: one is there twice',
    );
    expect(merge(first, other, third)).toMatch(
      /^RangeError: explorations must be of one search: shard 1\/3 of .*"seed":0.* and shard 2\/3 of .*"seed":1.* have different options$/,
    );
    expect(merge(first, await explore(safeUpdate, { runs: 1 }))).toBe(
      'TypeError: explorations[1] must be that of a shard: it is a whole search, or none',
    );
    expect(merge(null)).toMatch(/^TypeError: explorations\[0\] must be that of a shard/);
    for (const bad of [null, 7, {}, { ...toPlain(first!), failures: [null] }]) {
      expect(() => fromPlain(bad as PlainExploration)).toThrow('an exploration must have passed, runs, failures,');
    }
  });
});
