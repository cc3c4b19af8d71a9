import { describe, expect, it } from 'vitest';
import { search, step, write, type Op } from '../../src/model/machine.ts';
import type { Model } from '../../src/model/programs.ts';
import { mutationStrategy } from '../../src/strategies/mutation.ts';
import { randomStrategy } from '../../src/strategies/random.ts';
import type { Strategy } from '../../src/strategy.ts';

/** The order in which two lanes have to come, which no run finds by luck. */
const combination = '001101110100010';

/** Two lanes that go on only as long as they come in the order of a combination. */
const combinationLock =
  (op: (object: object) => Op): Model<boolean> =>
  (machine) => {
    const dial = machine.share({});
    let entered = '';
    function* turn(lane: string): Generator<Op, void> {
      while (entered.length < combination.length) {
        yield op(dial);
        entered += lane;
        if (!combination.startsWith(entered)) machine.stop();
      }
      machine.stop();
    }
    machine.spawn(turn('0'));
    machine.spawn(turn('1'));
    return () => entered === combination;
  };

function runsToOpen(strategy: Strategy, op: (object: object) => Op, most: number): number {
  for (let runs = 1; runs <= most; runs++) if (search(strategy, combinationLock(op), 1)[0] === true) return runs;
  return Infinity;
}

const most = 4000;
const seeds = [0, 1, 2, 3, 4];

describe('Mutation', () => {
  it.each(seeds)('opens a lock digit by digit, with seed %i', (seed) => {
    expect(runsToOpen(mutationStrategy({ seed }), write, most)).toBeLessThan(most);
  });

  it.each(seeds)('opens it without declared accesses as well, with seed %i', (seed) => {
    expect(runsToOpen(mutationStrategy({ seed }), () => step, most)).toBeLessThan(most);
  });

  it('does what a random walk does not', () => {
    const random = seeds.map((seed) => runsToOpen(randomStrategy({ seed }), write, most));
    expect(random.filter((runs) => runs <= most).length).toBeLessThan(3);
  });

  it('says what it has seen, and that this is no bound', () => {
    const strategy = mutationStrategy({ seed: 0 });
    search(strategy, combinationLock(write), 100);
    expect(strategy.describeCoverage(100)).toMatch(
      /^mutation, 100 runs: \d+ orders of two conflicting accesses seen, the last new one in run \d+; there is no bound/,
    );
  });
});
