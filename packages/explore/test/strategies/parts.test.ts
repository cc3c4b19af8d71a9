import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Machine, search, step, Steps, type Op } from '../../src/model/machine.ts';
import type { Model } from '../../src/model/programs.ts';
import type { ExhaustiveStrategy } from '../../src/strategies/exhaustive.ts';
import { makeStrategy } from '../../src/strategies/index.ts';

const names = ['dfs', 'delay-bound', 'preemption-bound'];

/** What a lane does, op by op: a step, waiting for a lock, giving it back, or a lane of its own. */
type Action = 'step' | 'lock' | 'unlock' | readonly Action[];

/** Lanes that wait for each other and make others; gives the order of their steps. */
const lanes =
  (programs: readonly (readonly Action[])[]): Model<string> =>
  (machine) => {
    let order = '';
    let made = 0;
    let holder = -1;
    function* body(lane: number, actions: readonly Action[]): Generator<Op, void> {
      for (const action of actions) {
        yield action === 'lock' ? { enabled: () => holder === -1 || holder === lane } : step;
        order += lane;
        if (action === 'lock') holder = lane;
        if (action === 'unlock' && holder === lane) holder = -1;
        if (typeof action !== 'string') machine.spawn(body(made++, action));
      }
      // Nobody is to wait for ever.
      if (holder === lane) holder = -1;
    }
    for (const actions of programs) machine.spawn(body(made++, actions));
    return () => order;
  };

const word = fc.constantFrom<Action>('step', 'step', 'lock', 'unlock');
const child = fc.array(word, { minLength: 1, maxLength: 2 });
const lane = fc.array(fc.oneof({ weight: 5, arbitrary: word }, child), { minLength: 1, maxLength: 3 });
const programs = fc
  .array(lane, { minLength: 1, maxLength: 3 })
  // So that there are some hundred orders at most.
  .filter((program) => program.flat(2).length <= 6);

interface Part {
  readonly orders: readonly string[];
  /** Runs that belong to other parts. */
  readonly scouting: number;
  readonly strategy: ExhaustiveStrategy;
}

/** Makes all runs of a part. */
function makePart(name: string, model: Model<string>, depth: number | undefined, index: number, of: number): Part {
  const strategy = makeStrategy(name, { seed: 0, depth }) as ExhaustiveStrategy;
  strategy.divide({ index, of });
  const orders: string[] = [];
  let scouting = 0;
  for (let run; (run = strategy.nextRun()) !== null;) {
    const isOwn = !strategy.isScouting;
    const machine = new Machine(run);
    const result = model(machine);
    machine.run();
    strategy.runEnded();
    if (isOwn) orders.push(result());
    else scouting++;
  }
  return { orders, scouting, strategy };
}

const makeParts = (name: string, model: Model<string>, depth: number | undefined, of: number): Part[] =>
  Array.from({ length: of }, (_, i) => makePart(name, model, depth, i + 1, of));

/** The runs of all parts, put into the order of the search in one piece. */
function inOrder(parts: readonly Part[]): string[] {
  const pieces = parts.flatMap(({ orders, strategy }) => {
    let start = 0;
    return strategy.part!.segments.map(({ cost, strip, runs }) => {
      const piece = { cost, strip, orders: orders.slice(start, start + runs) };
      start += runs;
      return piece;
    });
  });
  return pieces.toSorted((a, b) => a.cost - b.cost || a.strip - b.strip).flatMap(({ orders }) => orders);
}

/** All runs, by the plainest means: an odometer of options. The oracle. */
function enumerate(model: Model<string>): string[] {
  const orders: string[] = [];
  for (let digits: number[] | null = []; digits !== null;) {
    const sizes: number[] = [];
    const taken: number[] = digits;
    const machine = new Machine({
      choose: ({ size }) => {
        sizes.push(size);
        return (taken[sizes.length - 1] ??= 0);
      },
    });
    const result = model(machine);
    machine.run();
    orders.push(result());
    const last = taken.findLastIndex((digit, position) => digit + 1 < sizes[position]!);
    digits = last === -1 ? null : taken.slice(0, last + 1).with(last, taken[last]! + 1);
  }
  return orders;
}

describe.each(names)('The parts of %s', (name) => {
  const depths = name === 'dfs' ? fc.constant(undefined) : fc.constantFrom(1, 2, 3, Infinity);

  it('are disjoint, and together they are the search in one piece, run by run', () => {
    fc.assert(
      fc.property(programs, depths, fc.integer({ min: 1, max: 6 }), (program, depth, of) => {
        const model = lanes(program);
        const whole = makePart(name, model, depth, 1, 1);
        const parts = makeParts(name, model, depth, of);
        expect(inOrder(parts)).toEqual(whole.orders);
        expect(parts.every(({ strategy }) => strategy.tree.exhausted)).toBe(whole.strategy.tree.exhausted);
      }),
      { numRuns: 100 },
    );
  });

  it('are all orders that an odometer counts, where there is no bound', () => {
    fc.assert(
      fc.property(programs, fc.integer({ min: 1, max: 6 }), (program, of) => {
        const parts = makeParts(name, lanes(program), name === 'dfs' ? undefined : Infinity, of);
        const orders = parts.flatMap((part) => part.orders);
        expect(orders.toSorted()).toEqual(enumerate(lanes(program)).toSorted());
      }),
      { numRuns: 60 },
    );
  });
});

/** Two or more lanes of equal steps, of which only the order matters. */
const steps =
  (...lengths: number[]): Model<string> =>
  (machine) => {
    let order = '';
    for (const [lane, length] of lengths.entries()) machine.spawn(new Steps(length, () => (order += lane)));
    return () => order;
  };

describe('The parts of a search', () => {
  it.each([
    ['dfs', undefined, [7, 7], 3432],
    ['dfs', undefined, [3, 3, 3], 1680],
    ['dfs', undefined, [1, 1, 1, 1, 1, 1, 1], 5040],
    ['delay-bound', 2, [10, 10, 10], 1590],
    ['delay-bound', 2, [40, 40], 3122],
    ['preemption-bound', 4, [5, 5, 5], 17_226],
  ])('by %s of depth %s, with lanes of %j steps, are about equal', (name, depth, lengths, runs) => {
    for (const of of [2, 5, 8]) {
      const parts = makeParts(name, steps(...lengths), depth, of);
      const sizes = parts.map(({ orders }) => orders.length);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(runs);
      expect(Math.max(...sizes)).toBeLessThan((1.4 * runs) / of);
      expect(Math.max(...parts.map(({ scouting }) => scouting))).toBeLessThan(30);
    }
  });

  it('are found by few runs, however long the program is', () => {
    const strategy = makeStrategy('dfs', { seed: 0 }) as ExhaustiveStrategy;
    strategy.divide({ index: 2, of: 3 });
    let scouting = 0;
    for (let own = 0; own < 50;) {
      const machine = new Machine(strategy.nextRun()!);
      steps(500, 500)(machine);
      if (strategy.isScouting) scouting++;
      else own++;
      machine.run();
      strategy.runEnded();
    }
    expect(scouting).toBeLessThan(10);
  });

  it('may be empty', () => {
    const parts = makeParts('dfs', steps(1, 1), undefined, 40);
    expect(parts.filter(({ orders }) => orders.length > 0)).toHaveLength(2);
    expect(parts.every(({ strategy }) => strategy.exhausted)).toBe(true);
  });

  it('are to be made from the beginning on', () => {
    const strategy = makeStrategy('dfs', { seed: 0 });
    search(strategy, steps(2, 2), 1);
    expect(() => strategy.divide!({ index: 1, of: 2 })).toThrow('a search can be divided before its first run only');
  });
});
