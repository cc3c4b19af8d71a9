import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dfsStrategy } from '../../src/strategies/dfs.ts';
import { dporStrategy } from '../../src/strategies/dpor.ts';
import { outcomes, programs, type Op } from './task-programs.ts';

describe('DPOR of tasks with locks, queues, events, futures, cells and cancellations', () => {
  it('sees all that an exhaustive search sees', { timeout: 20_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const expected = await outcomes(dfsStrategy({ seed: 0 }), program, 200);
        if (expected === null) return;
        compared++;
        const found = await outcomes(dporStrategy({ seed: 0 }), program, 1000);
        expect(found).toEqual(expected);
      }),
      { numRuns: 40, seed: 40 },
    );
    expect(compared).toBeGreaterThan(10);
  });

  it('sees all orders of steps that may have accessed anything', { timeout: 20_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const expected = await outcomes(dfsStrategy({ seed: 0 }), program, 200, 'common');
        if (expected === null) return;
        compared++;
        const dependent = dporStrategy({ seed: 0, undeclared: 'dependent' });
        expect(await outcomes(dependent, program, 1000, 'common')).toEqual(expected);
      }),
      { numRuns: 30, seed: 30 },
    );
    expect(compared).toBeGreaterThan(8);
  });

  it('tells apart in which order tasks wait', async () => {
    const program: readonly (readonly Op[])[] = [
      [
        { kind: 'sleep', which: 0 },
        { kind: 'get', which: 0 },
      ],
      [
        { kind: 'put', which: 0 },
        { kind: 'put', which: 0 },
      ],
      [{ kind: 'put', which: 0 }],
    ];
    expect(await outcomes(dporStrategy({ seed: 0 }), program, 1000)).toHaveProperty('size', 3);
  });
});

/** Of what tasks pass on to each other, so that most orders matter. */
const kinds = ['read', 'write', 'add', 'background', 'await', 'settle', 'set', 'waitForEvent'] as const;
const op: fc.Arbitrary<Op> = fc.record({ kind: fc.constantFrom(...kinds), which: fc.constant(0) });
const entangled = fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 4 });

describe('DPOR of a program that is narrowed down to some tasks', () => {
  it.each([
    ['of all kinds', 'own', programs],
    ['that pass things on', 'own', entangled],
    ['that may access anything', 'common', entangled],
  ] as const)('sees all that an exhaustive search sees of tasks %s', { timeout: 20_000 }, async (_, order, tasks) => {
    let compared = 0;
    const undeclared = order === 'common' ? 'dependent' : undefined;
    await fc.assert(
      fc.asyncProperty(tasks, fc.integer({ min: 2, max: 3 }), async (program, racing) => {
        const expected = await outcomes(dfsStrategy({ seed: 0 }), program, 200, order, racing);
        if (expected === null) return;
        if (expected.size > 1) compared++;
        expect(await outcomes(dporStrategy({ seed: 0, undeclared }), program, 1000, order, racing)).toEqual(expected);
      }),
      { numRuns: 60, seed: 60 },
    );
    expect(compared).toBeGreaterThan(3);
  });

  it('sees a task that does not race come first and last', async () => {
    const program: readonly (readonly Op[])[] = [
      [
        { kind: 'read', which: 1 },
        { kind: 'settle', which: 0 },
      ],
      [
        { kind: 'read', which: 1 },
        { kind: 'write', which: 0 },
      ],
      [
        { kind: 'await', which: 0 },
        { kind: 'read', which: 0 },
      ],
    ];
    const found = await outcomes(dporStrategy({ seed: 0 }), program, 1000, 'own', 2);
    expect(found).toHaveProperty('size', 2);
    expect(found).toEqual(await outcomes(dfsStrategy({ seed: 0 }), program, 1000, 'own', 2));
  });
});
