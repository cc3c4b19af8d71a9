import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventLoop, TimerHandle } from '../src/index.ts';
import { TimerQueue } from '../src/timer-queue.ts';
import { virtualLoop } from './helpers.ts';

class Timer extends TimerHandle {
  readonly #callback: () => void;
  #background: boolean;

  constructor(when: number, background: boolean, callback: () => void = () => {}) {
    super(when, null, undefined);
    this.#background = background;
    this.#callback = callback;
  }

  override get background(): boolean {
    return this.#background;
  }

  override set background(background: boolean) {
    if (background === this.#background) return;
    this.#background = background;
    this.queue?.backgroundChanged(this);
  }

  run(): void {
    this.#callback();
  }

  get label(): string {
    return `timer at ${this.when}`;
  }
}

const never = (): Promise<never> => new Promise(() => {});

describe('A background timer', () => {
  it('fires while something else keeps the run alive', async () => {
    const loop = virtualLoop();
    const fired: number[] = [];
    loop.scheduleTimer(new Timer(5, true, () => fired.push(loop.time())));
    await loop.runUntilComplete(() => new Promise<void>((resolve) => void loop.callLater(10, resolve)));
    expect(fired).toEqual([5]);
  });

  it('does not save a run from its deadlock, which says so', async () => {
    const loop = virtualLoop();
    loop.scheduleTimer(new Timer(5, true));
    await expect(loop.runUntilComplete(never)).rejects.toThrow('1 timer is left, which keeps no run alive');
    expect(loop.time()).toBe(0);
  });

  it('does not hold the run longer than the last timer that does', async () => {
    const loop = virtualLoop();
    const again = (): void => void loop.scheduleTimer(new Timer(loop.time() + 3, true, again));
    again();
    loop.callLater(10, () => {});
    await expect(loop.runUntilComplete(never)).rejects.toThrow('Deadlock at 10 ms');
  });

  it('is one from the moment it becomes one, and no longer than it is', async () => {
    const fired: string[] = [];
    const loop = virtualLoop();
    const timer = new Timer(5, false, () => fired.push('timer'));
    const other = new Timer(9, true, () => fired.push('other'));
    loop.scheduleTimer(timer);
    loop.scheduleTimer(other);
    timer.background = true;
    other.background = false;
    await expect(loop.runUntilComplete(never)).rejects.toThrow('Deadlock at 9 ms');
    expect(fired).toEqual(['timer', 'other']);
  });

  it('fires while an operation is pending', async () => {
    const loop = virtualLoop({ scheduler: { choose: (point) => point.size - 1 } });
    const fired: number[] = [];
    loop.scheduleTimer(new Timer(5, true, () => fired.push(loop.time())));
    await loop.runUntilComplete(() => new Promise<void>((resolve) => void loop.startOperation(resolve)));
    expect(fired).toEqual([5]);
  });

  it('is left to a later run', async () => {
    const loop: EventLoop = virtualLoop();
    const fired: number[] = [];
    loop.scheduleTimer(new Timer(5, true, () => fired.push(loop.time())));
    await expect(loop.runUntilComplete(never)).rejects.toThrow('Deadlock');
    await loop.runUntilComplete(() => new Promise<void>((resolve) => void loop.callLater(7, resolve)));
    expect(fired).toEqual([5]);
  });
});

describe('The timer queue', () => {
  it('knows whether it has timers that keep a run alive, whatever was done to them', () => {
    const action = fc.record({
      kind: fc.constantFrom('push', 'cancel', 'toggle', 'pop'),
      nth: fc.nat(200),
      background: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 500 }), (actions) => {
        const queue = new TimerQueue();
        let live: Timer[] = [];
        for (const { kind, nth, background } of actions) {
          const timer = live[nth % live.length];
          if (kind === 'push') {
            const added = new Timer(nth, background);
            queue.push(added);
            live.push(added);
          } else if (timer !== undefined) {
            if (kind === 'toggle') timer.background = background;
            if (kind === 'cancel') timer.cancel();
            const gone = kind === 'cancel' ? timer : kind === 'pop' ? queue.popDue(queue.nextDeadline(), 0) : undefined;
            live = live.filter((other) => other !== gone);
          }
          const ends = live.every((one) => one.background);
          expect(queue.nextDeadline(false) === Infinity).toBe(ends);
        }
      }),
    );
  });
});
