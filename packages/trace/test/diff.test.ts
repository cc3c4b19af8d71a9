import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference, type TraceEvent } from '../src/index.ts';

const events: fc.Arbitrary<TraceEvent> = fc.oneof(
  fc.record({ kind: fc.constant('turn' as const), time: fc.nat(3), turn: fc.nat(3) }),
  fc.record({ kind: fc.constant('time' as const), time: fc.nat(3), turn: fc.nat(3), from: fc.nat(3) }),
  fc.record({
    kind: fc.constant('step' as const),
    time: fc.nat(3),
    turn: fc.nat(3),
    step: fc.integer({ min: 1, max: 3 }),
    label: fc.constantFrom('a', 'b'),
    lane: fc.constantFrom('Task-1', null),
  }),
);

describe('The first difference of two traces', () => {
  it('is none for a trace and its copy', () => {
    fc.assert(
      fc.property(fc.array(events), (trace) => {
        expect(firstDifference(trace, structuredClone(trace))).toBeNull();
      }),
    );
  });

  it('is the first place where they have other events, or one has none', () => {
    fc.assert(
      fc.property(fc.array(events), fc.array(events), fc.array(events), (common, one, other) => {
        const [expected, found] = [
          [...common, ...one],
          [...common, ...other],
        ];
        const difference = firstDifference(expected, found);
        const texts = [expected, found].map((trace) => trace.map((event) => JSON.stringify(event)));
        const index = texts[0]!.findIndex((text, i) => text !== texts[1]![i]);
        const at = index >= 0 ? index : expected.length < found.length ? expected.length : -1;
        if (at < 0) expect(difference).toBeNull();
        else expect(difference).toEqual({ index: at, expected: expected[at] ?? null, found: found[at] ?? null });
      }),
    );
  });

  it('sees a lane that is another one, and a time that differs in its last bit', () => {
    const step: TraceEvent = { kind: 'step', time: 0.3, turn: 1, step: 1, label: 'f()', lane: 'Task-1' };
    for (const other of [
      { ...step, lane: null },
      { ...step, time: 0.1 + 0.2 },
    ]) {
      expect(firstDifference([step, step], [step, other])).toEqual({ index: 1, expected: step, found: other });
    }
  });
});
