import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Handle } from '../src/handle.ts';
import { ReadyQueue } from '../src/ready-queue.ts';

class Step extends Handle {
  readonly number: number;
  constructor(number: number) {
    super(null, undefined);
    this.number = number;
  }
  run(): void {}
  get label(): string {
    return `step ${this.number}`;
  }
}

/** Runs what is due: those of the turn, in order; gives their numbers. */
function takeTurn(queue: ReadyQueue, most: number): number[] {
  const taken: number[] = [];
  while (!queue.turnIsOver && taken.length < most) {
    taken.push((queue.next() as Step).number);
    queue.take();
  }
  return taken;
}

describe('The ready queue', () => {
  it('gives what it got, first in, first out, and in a turn only what was there when it began', () => {
    const action = fc.oneof(
      fc.record({ push: fc.oneof(fc.nat(5), fc.nat(60)) }),
      fc.record({ take: fc.oneof(fc.nat(5), fc.nat(60)) }),
      fc.constant({ clear: true }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const queue = new ReadyQueue();
        let count = 0;
        let turn: number[] = [];
        let next: number[] = [];
        for (const step of actions) {
          if ('push' in step) {
            for (let i = 0; i < step.push; i++) {
              next.push(++count);
              queue.push(new Step(count));
            }
          } else if ('take' in step) {
            if (queue.turnIsOver) {
              queue.beginBatch();
              [turn, next] = [next, []];
            }
            expect(takeTurn(queue, step.take)).toEqual(turn.splice(0, step.take));
          } else {
            queue.clear();
            [turn, next] = [[], []];
          }
          expect(queue.turnIsOver).toBe(turn.length === 0);
          expect(queue.isEmpty).toBe(turn.length + next.length === 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
