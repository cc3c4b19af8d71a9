import { DeadlockError, EventLoop, World } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';

const sleep = (loop: EventLoop, ms: number) => new Promise<void>((resolve) => loop.callLater(ms, resolve));

describe('Loops of one world', () => {
  it('share the time, which waits for the slower one', async () => {
    const world = new World();
    const log: string[] = [];
    const run = (name: string, delays: number[]) => {
      const loop = new EventLoop({ clock: world.clock() });
      return loop.runUntilComplete(async () => {
        for (const ms of delays) {
          await sleep(loop, ms);
          log.push(`${name}${loop.time()}`);
        }
      });
    };
    await Promise.all([run('a', [10, 10, 10]), run('b', [15, 1, 20])]);
    expect(log).toEqual(['a10', 'b15', 'b16', 'a20', 'a30', 'b36']);
    expect(world.now()).toBe(36);
  });

  it('wake each other', async () => {
    const world = new World();
    const [a, b] = [new EventLoop({ clock: world.clock() }), new EventLoop({ clock: world.clock() })];
    let wake = (): void => {};
    const waiting = a.runUntilComplete(() => new Promise<void>((resolve) => (wake = resolve)).then(() => a.time()));
    const waking = b.runUntilComplete(async () => {
      await sleep(b, 5);
      a.callSoonThreadsafe(() => wake());
      await sleep(b, 5);
    });
    expect(await waiting).toBe(5);
    await waking;
    expect(b.time()).toBe(10);
  });

  it('are deadlocked only together', async () => {
    const world = new World();
    const [a, b] = [new EventLoop({ clock: world.clock() }), new EventLoop({ clock: world.clock() })];
    const stuck = a.runUntilComplete(() => new Promise(() => {}));
    const busy = b.runUntilComplete(() => sleep(b, 50));
    const outcome = await Promise.allSettled([stuck, busy]);
    expect(outcome.map((one) => one.status)).toEqual(['rejected', 'fulfilled']);
    expect((outcome[0] as PromiseRejectedResult).reason).toBeInstanceOf(DeadlockError);
    expect(world.now()).toBe(50);
  });
});
