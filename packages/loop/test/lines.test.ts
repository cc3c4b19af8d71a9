import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Handle, type Lane } from '../src/handle.ts';
import { Lines } from '../src/lines.ts';

class Step extends Handle {
  run(): void {}
  get label(): string {
    return 'step';
  }
}

const lanes: readonly Lane[] = Array.from({ length: 40 }, (_, i) => ({ label: `lane ${i}` }));

describe('The lines behind options', () => {
  it('give each lane its handles in order, however many lanes there are', () => {
    const lane = fc.oneof(fc.nat(3), fc.nat(lanes.length - 1));
    const actions = fc.oneof(
      { weight: 3, arbitrary: fc.record({ joins: lane }) },
      { weight: 2, arbitrary: fc.record({ leaves: lane }) },
      { weight: 1, arbitrary: fc.constant({ all: true as const }) },
    );
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 200 }), (program) => {
        const lines = new Lines();
        const model = new Map<number, number[]>();
        let order = 0;
        const leave = (index: number): void => {
          const behind = model.get(index)!;
          const expected = behind.shift();
          if (expected === undefined) model.delete(index);
          const next = lines.next(lanes[index]!);
          expect(next?.order).toBe(expected);
          if (next !== undefined) expect(next.handle.lane).toBe(lanes[index]);
        };
        for (const action of program) {
          if ('joins' in action) {
            const { joins } = action;
            const behind = model.get(joins);
            expect(lines.standsBehind(lanes[joins]!, new Step(lanes[joins]!, undefined), ++order)).toBe(
              behind !== undefined,
            );
            if (behind === undefined) model.set(joins, []);
            else behind.push(order);
          } else if ('leaves' in action) {
            if (model.has(action.leaves)) leave(action.leaves);
          } else {
            for (const index of model.keys()) while (model.has(index)) leave(index);
          }
          expect(lines.size).toBe([...model.values()].reduce((sum, { length }) => sum + length, 0));
        }
      }),
    );
  });

  it('are empty once they are cleared', () => {
    for (const many of [3, 30]) {
      const lines = new Lines();
      for (const lane of lanes.slice(0, many)) {
        lines.standsBehind(lane, new Step(lane, undefined), 1);
        lines.standsBehind(lane, new Step(lane, undefined), 2);
      }
      expect(lines.size).toBe(many);
      lines.clear();
      expect(lines.size).toBe(0);
      expect(lines.standsBehind(lanes[0]!, new Step(lanes[0]!, undefined), 3)).toBe(false);
    }
  });
});
