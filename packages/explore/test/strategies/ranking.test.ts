import { EventLoop, VirtualClock, type ChoicePoint, type Handle, type Lane } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ranking } from '../../src/strategies/ranking.ts';

/** The option of the highest priority, the first of several. */
function highest(point: ChoicePoint, priorityOf: (handle: Handle) => number): number {
  const priorities = Array.from({ length: point.size }, (_, option) => priorityOf(point.handleOf(option)!));
  return priorities.indexOf(Math.max(...priorities));
}

describe('A ranking', () => {
  it('finds the same option as a comparison of all, on a loop whose options come and go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ priority: fc.nat(20), lane: fc.nat(30), more: fc.nat(3), cancels: fc.boolean() }), {
          minLength: 20,
          maxLength: 60,
        }),
        fc.constantFrom('ready', 'free', 'ties'),
        async (plans, reorder) => {
          const priorities = new Map<Handle, number>();
          const priorityOf = (handle: Handle): number => priorities.get(handle) ?? 0;
          const ranking = new Ranking(priorityOf);
          let points = 0;
          const scheduler = {
            choose: (point: ChoicePoint): number => {
              points++;
              const best = ranking.best(point);
              expect(best).toBe(highest(point, priorityOf));
              return best;
            },
          };
          const loop = new EventLoop({ clock: new VirtualClock(), scheduler, reorder });
          const lanes: Lane[] = Array.from({ length: 31 }, (_, i) => ({ label: `lane ${i}`, isPhase: i % 5 === 0 }));
          let last: Handle | null = null;
          await loop.runUntilComplete(() => {
            for (const { priority, lane, more, cancels } of plans) {
              const spawn = (left: number): void => {
                const handle = loop.callSoon(() => left > 0 && spawn(left - 1), { lane: lanes[lane]! });
                priorities.set(handle, priority + left);
                if (cancels) last?.cancel();
                last = handle;
              };
              spawn(more);
            }
            return new Promise<void>((resolve) => loop.callLater(1, resolve));
          });
          loop.close();
          if (reorder !== 'ties') expect(points).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
