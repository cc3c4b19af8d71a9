import { DeadlockError, LivelockError, StepLimitError, type WaitNode } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { StepCounter } from '../src/limits.ts';
import { runAll, virtualLoop } from './helpers.ts';

const never = () => new Promise<never>(() => {});

describe('A loop that cannot go on', () => {
  it('ends at once with DeadlockError', async () => {
    const loop = virtualLoop();
    loop.callLater(10, () => {});
    const error = await loop.runUntilComplete(never).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error).toMatchObject({ code: 'TIMELOOM_DEADLOCK', time: 10, waiting: [] });
    expect((error as Error).message).toContain('Deadlock at 10 ms');
  });

  it('shows of thousands of tasks the first ones and those that hold what they wait for', () => {
    const node = (number: number): WaitNode => ({
      name: number === 900 ? 'the writer write()' : `Task-${number} worker()`,
      awaits: '<Lock>',
      heldBy: number === 7 ? 'the writer' : 'Task-2',
    });
    const error = new DeadlockError(
      Array.from({ length: 1000 }, (_, i) => node(i + 1)),
      5,
    );
    const lines = error.message.split('\n');
    expect(lines[0]).toBe('Deadlock at 5 ms: 1000 tasks wait for something that nobody will do.');
    expect(lines.slice(19, 23)).toEqual([
      '  Task-19 worker() awaits <Lock>, held by Task-2',
      '  Task-20 worker() awaits <Lock>, held by Task-2',
      '  the writer write() awaits <Lock>, held by Task-2',
      '  … and 979 more',
    ]);
    expect(error.waiting).toHaveLength(1000);
    expect(Object.keys(error)).not.toContain('waiting');
  });

  it('can be used again afterwards', async () => {
    const loop = virtualLoop();
    await expect(loop.runUntilComplete(never)).rejects.toThrow(DeadlockError);
    expect(loop.isRunning()).toBe(false);
    expect(await loop.runUntilComplete(() => 1)).toBe(1);
  });
});

describe('A loop that goes on for ever', () => {
  it('ends with LivelockError if the time does not advance, naming the last steps', async () => {
    const loop = virtualLoop({ maxStepsPerInstant: 100 });
    const spin = (): void => void loop.callSoon(spin, { label: 'spin' });
    loop.callLater(5, spin, { label: 'spin' });
    const error = await loop.runForever().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LivelockError);
    expect(error).toMatchObject({ code: 'TIMELOOM_LIVELOCK', time: 5, steps: 100 });
    expect((error as LivelockError).lastSteps).toEqual(Array.from({ length: 8 }, () => 'spin'));
  });

  it('is told by its turns from one in which very much begins at one time', () => {
    const counter = new StepCounter({}, true);
    counter.runStarted(1);
    const handle = virtualLoop().callSoon(() => {});
    for (const turn of [1, 2, 100]) for (let n = 0; n < 600_000; n++) counter.count(handle, 0, turn);
    const spin = (turn: number) => (): void => {
      for (let n = 0; n < 600_000; n++) counter.count(handle, 0, turn);
    };
    expect(spin(101)).toThrow(LivelockError);
    counter.instantChanged(101);
    expect(spin(200)).not.toThrow();
  });

  it('ends with StepLimitError if the time does advance', async () => {
    const loop = virtualLoop({ maxSteps: 100 });
    const tick = (): void => void loop.callLater(1000, tick);
    tick();
    const error = await loop.runForever().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StepLimitError);
    expect(error).toMatchObject({ code: 'TIMELOOM_STEP_LIMIT', steps: 100, time: 101_000 });
  });

  it('has lost no step when it is run again', async () => {
    const loop = virtualLoop({ maxSteps: 3 });
    const order: number[] = [];
    for (let n = 0; n < 5; n++) loop.callSoon(() => order.push(n));
    await expect(loop.runForever()).rejects.toThrow(StepLimitError);
    await runAll(loop);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not count steps as a livelock while time advances', async () => {
    const loop = virtualLoop({ maxStepsPerInstant: 10 });
    let ticks = 0;
    const tick = (): void => void (++ticks < 100 && loop.callLater(1, tick));
    tick();
    await runAll(loop);
    expect(ticks).toBe(100);
  });
});
