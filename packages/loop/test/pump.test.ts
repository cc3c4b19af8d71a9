import { createRandom, MacrotaskPump, type Driven } from '@timeloom/loop';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** Something with a number of steps to run. */
function work(name: string, steps: number, log: string[]): Driven & { done: Promise<void> } {
  let left = steps;
  let finish: () => void;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return {
    done,
    step() {
      if (left === 0) {
        finish();
        return false;
      }
      log.push(`${name}${steps - left--}`);
      void Promise.resolve().then(() => log.push('microtask'));
      return true;
    },
    settle: () => void log.push('settled'),
  };
}

describe('The pump', () => {
  it('settles each step after its microtasks and before the next one', async () => {
    const log: string[] = [];
    const driven = work('a', 2, log);
    new MacrotaskPump().request(driven);
    await driven.done;
    expect(log).toEqual(['a0', 'microtask', 'settled', 'a1', 'microtask', 'settled']);
  });

  it('runs more steps than fit in a batch, in order', async () => {
    const log: string[] = [];
    const driven = work('a', 5000, log);
    new MacrotaskPump().request(driven);
    await driven.done;
    expect(log.filter((entry) => entry.startsWith('a'))).toEqual(Array.from({ length: 5000 }, (_, i) => `a${i}`));
    expect(log.filter((entry) => entry === 'settled')).toHaveLength(5000);
  });

  it('lets those that it drives take turns', async () => {
    const log: string[] = [];
    const [a, b] = [work('a', 3, log), work('b', 2, log)];
    const pump = new MacrotaskPump();
    for (const driven of [a, b, a]) pump.request(driven);
    await Promise.all([a.done, b.done]);
    expect(log.filter((entry) => /\d/.test(entry))).toEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
  });

  it('lets the host look for I/O where it is asked to, and goes on behind that', async () => {
    const log: string[] = [];
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: string) => log.push(message));
    const pump = new MacrotaskPump();
    await new Promise<void>((finish) => {
      const steps = [
        () => (port2.postMessage('message'), true),
        () => !pump.requestBehindPoll(driven),
        () => true,
        () => (finish(), false),
      ];
      const driven: Driven = {
        step: () => (log.push(`step ${5 - steps.length}`), steps.shift()!()),
        settle: () => {},
      };
      pump.request(driven);
    });
    port1.close();
    expect(log).toEqual(['step 1', 'step 2', 'message', 'step 3', 'step 4']);
  });

  it('does not let it look twice where no step has run since the last time', async () => {
    const pump = new MacrotaskPump();
    const asked = await new Promise<boolean[]>((finish) => {
      const answers: boolean[] = [];
      const driven: Driven = {
        step() {
          const behindPoll = pump.requestBehindPoll(driven);
          answers.push(behindPoll);
          if (answers.length === 6) finish(answers);
          return !behindPoll && answers.length < 6;
        },
        settle: () => {},
      };
      pump.request(driven);
    });
    expect(asked).toEqual([false, true, false, true, false, true]);
  });

  it('lets the host look for I/O before steps that are reserved, and not between them', async () => {
    const log: string[] = [];
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: string) => log.push(message));
    const pump = new MacrotaskPump();
    const reserved = 20;
    await new Promise<void>((finish) => {
      const other: Driven = { step: () => (log.push('other'), log.length < 2 * reserved), settle: () => {} };
      let step = 0;
      const driven: Driven = {
        step() {
          log.push(`${++step}`);
          if (step <= 3) port2.postMessage(`message of ${step}`);
          if (step === 2) return pump.reserve(driven, reserved);
          if (step < reserved + 2) return true;
          finish();
          return false;
        },
        settle: () => {},
      };
      pump.request(driven);
      pump.request(other);
    });
    await new Promise<void>((heard) => port1.on('message', heard));
    port1.close();
    expect(log.filter((entry) => entry.startsWith('message'))).toEqual([
      'message of 1',
      'message of 2',
      'message of 3',
    ]);
    expect(log.indexOf('message of 2')).toBeLessThan(log.indexOf('3'));
    expect(log.indexOf('message of 3')).toBeGreaterThan(log.indexOf(`${reserved + 2}`));
  });

  it('posts nothing for steps that fit into what is left of the batch', async () => {
    const pump = new MacrotaskPump();
    const log: unknown[] = [];
    await new Promise<void>((finish) => {
      let step = 0;
      const driven: Driven = {
        step() {
          step++;
          log.push(pump.reserve(driven, 8 - step));
          if (step < 7) return true;
          finish();
          return false;
        },
        settle: () => {},
      };
      pump.request(driven);
    });
    expect(log).toEqual([true, true, true, true, true, true, true]);
  });

  it(
    'lets timers and I/O of the host run between batches, with no step counted as running',
    { tags: 'real-time' },
    async () => {
      let steps = 0;
      let settled = true;
      let seenByHost: boolean | undefined;
      await new Promise<void>((resolve) => {
        const look = (): void => {
          seenByHost = settled;
          resolve();
        };
        const driven: Driven = {
          step() {
            steps++;
            settled = false;
            if (steps === 20) setTimeout(look, 0);
            return seenByHost === undefined;
          },
          settle: () => void (settled = true),
        };
        new MacrotaskPump().request(driven);
      });
      expect([seenByHost, steps >= 20]).toEqual([true, true]);
    },
  );
});

describe('The random numbers of a loop', () => {
  it('depend on the seed alone', () => {
    const draw = (seed: number | string) => Array.from({ length: 5 }, createRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(draw(7)).toMatchInlineSnapshot(`
      [
        0.894624023931101,
        0.1527457886841148,
        0.9362569097429514,
        0.1421528107021004,
        0.045091209234669805,
      ]
    `);
  });

  it('are spread evenly over [0, 1)', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let seed = 0; seed < 200; seed++) {
      const next = createRandom(seed);
      for (let i = 0; i < 50; i++) counts[Math.floor(next() * 10)]!++;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(21.67); // 99 % of 9 degrees of freedom
  });
});
