import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerHandle } from '../src/handle.ts';
import { TimerQueue } from '../src/timer-queue.ts';

class Timer extends TimerHandle {
  constructor(when: number, sequence: number) {
    super(when, null, undefined);
    this.sequence = sequence;
  }
  run(): void {}
  get label(): string {
    return `${this.when}#${this.sequence}`;
  }
}

/** What a sorted list would give. */
const inOrder = (timers: Timer[]) => timers.toSorted((a, b) => a.when - b.when || a.sequence - b.sequence);

function drain(queue: TimerQueue): Timer[] {
  const popped: Timer[] = [];
  for (;;) {
    const deadline = queue.nextDeadline();
    if (deadline === Infinity) return popped;
    popped.push(queue.popDue(deadline, 0) as Timer);
  }
}

const delays = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 9, noNaN: true })), {
  maxLength: 400,
});

describe('The timer queue', () => {
  it('gives timers in the order of (deadline, sequence), without the cancelled ones', () => {
    fc.assert(
      fc.property(delays, fc.infiniteStream(fc.boolean()), fc.nat(3), (whens, coins, keep) => {
        const queue = new TimerQueue();
        const timers = whens.map((when, i) => new Timer(when, i + 1));
        for (const timer of timers) queue.push(timer);
        const cancelled = timers.filter((timer) => timer.sequence % 4 > keep && coins.next().value);
        for (const timer of cancelled) timer.cancel();
        const live = timers.filter((timer) => !timer.cancelled());
        expect(queue.size).toBe(live.length);
        expect(queue.pending()).toEqual(inOrder(live));
        expect(drain(queue)).toEqual(inOrder(live));
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('agrees with a sorted list while timers are pushed, popped and cancelled in turn', () => {
    const action = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ pop: fc.constant(true) }),
      fc.record({ cancel: fc.nat(50) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const queue = new TimerQueue();
        let model: Timer[] = [];
        let sequence = 0;
        for (const step of actions) {
          if ('push' in step) {
            const timer = new Timer(step.push, ++sequence);
            queue.push(timer);
            model = inOrder([...model, timer]);
          } else if ('pop' in step) {
            const deadline = queue.nextDeadline();
            expect(deadline).toBe(model[0]?.when ?? Infinity);
            if (deadline !== Infinity) expect(queue.popDue(deadline, 0)).toBe(model.shift());
          } else {
            const [timer] = model.splice(step.cancel, 1);
            timer?.cancel();
            timer?.cancel();
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });

  it('agrees with a sorted list when thousands are pushed in a row', () => {
    const action = fc.oneof(
      fc.record({ push: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 5 }) }),
      fc.record({ push: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1000, maxLength: 1100 }) }),
      fc.record({ pop: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ cancel: fc.array(fc.nat(1500), { maxLength: 30 }) }),
      fc.record({ cancel: fc.uniqueArray(fc.nat(1500), { minLength: 900, maxLength: 1200 }) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 8 }), (actions) => {
        const queue = new TimerQueue();
        let model: Timer[] = [];
        let sequence = 0;
        for (const step of actions) {
          if ('push' in step) {
            const timers = step.push.map((when) => new Timer(when, ++sequence));
            for (const timer of timers) queue.push(timer);
            model = inOrder([...model, ...timers]);
          } else if ('pop' in step) {
            for (const expected of model.splice(0, step.pop)) {
              expect(queue.first()).toBe(expected);
              expect(queue.popDue(9, 0)).toBe(expected);
            }
            expect(queue.first()).toBe(model[0]);
          } else {
            const cancelled = new Set(step.cancel.map((index) => model[index]));
            for (const timer of cancelled) timer?.cancel();
            model = model.filter((timer) => !cancelled.has(timer));
            expect(queue.nextDeadline()).toBe(model[0]?.when ?? Infinity);
          }
          expect(queue.size).toBe(model.length);
        }
        expect(queue.pending()).toEqual(model);
        expect(drain(queue)).toEqual(model);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps no timer that it gave out or was cleared of', () => {
    const queue = new TimerQueue();
    const timers = Array.from({ length: 1500 }, (_, i) => new Timer(i % 7, i + 1));
    for (const timer of timers) queue.push(timer);
    for (const timer of inOrder(timers).slice(0, 500)) expect(queue.popDue(7, 0)).toBe(timer);
    expect(timers.filter((timer) => timer.queue === queue)).toHaveLength(1000);
    queue.clear();
    expect(timers.every((timer) => timer.queue === null)).toBe(true);
    expect([queue.size, queue.first(), queue.nextDeadline()]).toEqual([0, undefined, Infinity]);
  });

  it('forgets cancelled timers once they are more than half of over a hundred', () => {
    const queue = new TimerQueue();
    const timers = Array.from({ length: 1000 }, (_, i) => new Timer(i, i + 1));
    for (const timer of timers) queue.push(timer);
    for (const timer of timers.slice(1, 600)) timer.cancel();
    queue.nextDeadline();
    expect(timers.slice(1, 600).every((timer) => timer.queue === null)).toBe(true);
    expect(queue.size).toBe(401);
  });

  it('pops nothing before it is due', () => {
    const queue = new TimerQueue();
    queue.push(new Timer(5, 1));
    expect(queue.popDue(4.9, 0.05)).toBeUndefined();
    expect(queue.popDue(4.9, 0.2)?.when).toBe(5);
    expect(queue.popDue(99, 0)).toBeUndefined();
  });
});
