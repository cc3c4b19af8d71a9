import { currentTask, getRunningLoop, sleep } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { now, runVirtual } from './helpers.ts';

// Alone in its file: once a task was adrift, later ones are found by other means.
describe('Code behind a native promise that settles between two steps', () => {
  it('is in its task, though the task sleeps in another of its promises', async () => {
    let settle!: () => void;
    let settled = false;
    const outside = new Promise<void>((resolve) => void (settle = resolve));
    const seen: unknown[] = [];
    const note = (): void => void seen.push([currentTask()?.getName(), now()]);
    const behind = async (): Promise<void> => {
      await outside;
      note();
      await sleep(5);
      note();
    };
    await runVirtual(
      async () => {
        const loop = getRunningLoop();
        const settleOutside = (wake: () => void): boolean => {
          if (!settled) setImmediate(() => (settle(), wake()));
          settled = true;
          return seen.length < 2;
        };
        const stop = loop.holdWhile({ inFlight: settleOutside });
        await Promise.all([behind(), behind(), sleep(50)]);
        stop();
      },
      { uncontrolled: 'allow' },
    );
    expect(seen).toEqual([0, 0, 5, 5].map((ms) => ['Task-1', ms]));
  });
});
