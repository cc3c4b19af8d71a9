import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DrawnChoice, type ChoicePoint } from '@timeloom/loop';
import { TapeFollower, TapeRecorder } from '../src/index.ts';

const pointOf = (size: number): ChoicePoint => new DrawnChoice('value', size, 0, String);

describe('A tape', () => {
  it('gives the options again that were recorded', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat())), (choices) => {
        const sizes = choices.map(([size]) => size);
        const options = choices.map(([size, option]) => option % size);
        let next = 0;
        const recorder = new TapeRecorder({ choose: () => options[next++]! });
        for (const size of sizes) recorder.choose(pointOf(size));
        expect(recorder.tape).toEqual(options);
        expect(recorder.choices).toBe(options.length);
        const follower = new TapeFollower(recorder.tape);
        expect(sizes.map((size) => follower.choose(pointOf(size)))).toEqual(options);
      }),
    );
  });

  it('that does not fit, or has ended, is first in, first out', () => {
    const follower = new TapeFollower([5]);
    expect([follower.choose(pointOf(3)), follower.choose(pointOf(3))]).toEqual([0, 0]);
  });
});
