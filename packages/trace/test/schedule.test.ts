import { EventLoop, VirtualClock, type Scheduler } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkSchedule,
  decodeToken,
  encodeToken,
  ScheduleFollower,
  ScheduleRecorder,
  type Difference,
  type Hold,
  type Schedule,
} from '../src/index.ts';
import {
  drawPoint,
  handlePoint,
  ModelHandle,
  modelChoices,
  modelProgram,
  runModel,
  scripted,
} from './model-program.ts';

const hold = (at: number, option: number, until: number): Hold => ({ kind: 'hold', at, option, until });

/** Runs a program and records it. */
function record(program: Parameters<typeof runModel>[0], scheduler: Scheduler) {
  const recorder = new ScheduleRecorder(scheduler, { labels: true });
  const log = runModel(program, recorder);
  return { log, schedule: recorder.schedule(), digest: recorder.digest() };
}

describe('laws', () => {
  test('following what was recorded takes the same choices, and records the same', () => {
    fc.assert(
      fc.property(modelProgram, modelChoices, (program, choices) => {
        const first = record(program, scripted(choices));
        checkSchedule(first.schedule);
        const { schedule } = decodeToken(encodeToken(first.schedule, first.digest));
        const follower = new ScheduleFollower(schedule);
        expect(record(program, follower)).toEqual(first);
        expect(follower.diverged).toBe(null);
        expect(follower.remaining).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test('so it is for points that come from no program: any handles, in any order', () => {
    const pool = Array.from({ length: 6 }, (_, index) => new ModelHandle(`h${index}`));
    const draw = fc.record({ size: fc.integer({ min: 2, max: 4 }), option: fc.nat() }).map(({ size, option }) => ({
      point: drawPoint(size % 2 === 0 ? 'value' : 'latency', size),
      option: option % size,
    }));
    const choice = fc
      .record({ handles: fc.shuffledSubarray(pool, { minLength: 2 }), option: fc.nat() })
      .map(({ handles, option }) => ({ point: handlePoint(handles), option: option % handles.length }));
    fc.assert(
      fc.property(fc.array(fc.oneof(draw, { arbitrary: choice, weight: 4 })), (choices) => {
        const recorder = new ScheduleRecorder();
        for (const { point, option } of choices) recorder.record(point, option);
        const follower = new ScheduleFollower(recorder.schedule());
        expect(choices.map(({ point }) => follower.choose(point))).toEqual(choices.map(({ option }) => option));
      }),
      { numRuns: 500 },
    );
  });

  test('FIFO is the empty schedule', () => {
    fc.assert(
      fc.property(modelProgram, (program) => {
        const fifo = record(program, { choose: () => 0 });
        expect(fifo.schedule).toEqual({ differences: [] });
        expect(fifo.digest).toBe(0);
        expect(record(program, new ScheduleFollower({ differences: [] })).log).toEqual(fifo.log);
      }),
    );
  });

  test('what is left when differences are removed or end earlier can be followed', () => {
    const edits = fc.array(fc.record({ removed: fc.boolean(), share: fc.double({ min: 0, max: 1, noNaN: true }) }));
    fc.assert(
      fc.property(modelProgram, modelChoices, edits, (program, choices, edits) => {
        const { differences } = record(program, scripted(choices)).schedule;
        const edited = differences.flatMap((difference, index): Difference[] => {
          const { removed, share } = edits[index] ?? { removed: false, share: 1 };
          if (removed) return [];
          if (difference.kind === 'take') return [difference];
          const { at, option, until } = difference;
          return [hold(at, option, at + 1 + Math.floor((until - at - 1) * share))];
        });
        const first = record(program, new ScheduleFollower({ differences: edited }));
        expect(record(program, new ScheduleFollower(first.schedule))).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });

  test('the real loop replays what was recorded', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 });
    const inRealLoop = async (tasks: readonly number[], scheduler: Scheduler): Promise<string[]> => {
      const loop = new EventLoop({ clock: new VirtualClock(), scheduler, latenessMs: 3 });
      const log: string[] = [];
      const step = (label: string, lane: { label: string }, left: number): void => {
        log.push(label);
        if (left > 1) loop.callSoon(() => step(`${label}'`, lane, left - 1), { lane, label });
        loop.callLater(left, () => void log.push(`${label} late`), { label });
      };
      tasks.forEach((length, index) => {
        const lane = { label: `Task-${index}` };
        loop.callSoon(() => step(lane.label, lane, length), { lane });
      });
      loop.callLater(100, () => loop.stop());
      await loop.runForever();
      loop.close();
      return log;
    };
    await fc.assert(
      fc.asyncProperty(lengths, modelChoices, async (tasks, choices) => {
        const recorder = new ScheduleRecorder(scripted(choices), { labels: true });
        const log = await inRealLoop(tasks, recorder);
        const again = new ScheduleRecorder(new ScheduleFollower(recorder.schedule()), { labels: true });
        expect(await inRealLoop(tasks, again)).toEqual(log);
        expect(again.digest()).toBe(recorder.digest());
      }),
      { numRuns: 40 },
    );
  });
});

const [a, b, c] = ['a', 'b', 'c'].map((label) => new ModelHandle(label)) as [ModelHandle, ModelHandle, ModelHandle];

/** Follows a schedule through points that do not depend on it. */
function follow(differences: readonly Difference[], ...points: readonly (readonly ModelHandle[])[]): string[] {
  const follower = new ScheduleFollower({ differences });
  return points.map((handles) => handles[follower.choose(handlePoint(handles))]!.label);
}

describe('a hold', () => {
  test('lets a whole chain of steps go first', () => {
    expect(follow([hold(0, 0, 3)], [a, b], [a, b], [a, b], [a, b])).toEqual(['b', 'b', 'b', 'a']);
  });

  test('ends early if only held handles are left: the one that ends first runs, then the first option', () => {
    const all = [hold(0, 0, 9), hold(0, 1, 8), hold(0, 2, 8)];
    expect(follow(all, [a, b, c], [a, c], [a, b])).toEqual(['b', 'c', 'b']);
  });

  test('lasts as long as the longest of its handle', () => {
    const points = [
      [a, b],
      [b, a],
      [a, b],
      [a, b],
    ];
    expect(follow([hold(0, 0, 3), hold(1, 1, 2)], ...points)).toEqual(['b', 'b', 'b', 'a']);
    expect(follow([hold(0, 0, 2), hold(1, 1, 3)], ...points)).toEqual(['b', 'b', 'b', 'a']);
  });

  test('is over for a handle that ran without a choice and was scheduled again', () => {
    const again = new ModelHandle('again');
    again.sequence = 1;
    const follower = new ScheduleFollower({ differences: [hold(0, 0, 9)] });
    expect(follower.choose(handlePoint([again, b]))).toBe(1);
    again.sequence = 2;
    expect(follower.choose(handlePoint([again, b]))).toBe(0);
  });

  test('is recorded anew for such a handle', () => {
    const again = new ModelHandle('again');
    const recorder = new ScheduleRecorder();
    const choose = (sequence: number, option: number): void => {
      again.sequence = sequence;
      recorder.record(handlePoint([again, b]), option);
    };
    choose(1, 1);
    choose(1, 1);
    choose(2, 1);
    recorder.record(handlePoint([b, c]), 0);
    choose(3, 0);
    expect(recorder.schedule()).toEqual({ differences: [hold(0, 0, 2), hold(2, 0, 3)] });
  });

  test('is recorded until its handle is chosen, or else until it was passed over last', () => {
    const recorder = new ScheduleRecorder(scripted([1, 2, 0, 0]));
    for (const handles of [
      [a, b],
      [a, c, b],
      [b, c],
      [c, a],
    ])
      recorder.choose(handlePoint(handles));
    expect(recorder.schedule()).toEqual({ differences: [hold(0, 0, 2), hold(1, 1, 3)] });
    recorder.choose(handlePoint([a, b]));
    expect(recorder.schedule()).toEqual({ differences: [hold(0, 0, 4), hold(1, 1, 3)] });
    expect(recorder.choices).toBe(5);
  });
});

describe('a difference that does not fit', () => {
  test.each<[difference: Difference, expected: string, found: string]>([
    [hold(1, 2, 5), 'a choice of a handle, with 3 options or more', 'a choice of a handle, with 2 options'],
    [
      { kind: 'take', at: 1, option: 1 },
      'a choice of a latency or value, with 2 options or more',
      'a choice of a handle, with 2 options',
    ],
    [hold(2, 0, 5), 'a choice of a handle, with 1 options or more', 'a choice of a latency, with 2 options'],
  ])('is told, and left out: %j', (difference, expected, found) => {
    const follower = new ScheduleFollower({ differences: [difference, hold(7, 0, 8)] });
    const points = [handlePoint([a, b]), handlePoint([a, b]), drawPoint('latency', 2)];
    expect(points.map((point) => follower.choose(point))).toEqual([0, 0, 0]);
    expect(follower.diverged).toEqual({ at: difference.at, expected, found });
    expect(follower.remaining).toBe(1);
  });
});

describe('the digest', () => {
  const digestOf = (labels: string, choices: readonly number[]): number => {
    const recorder = new ScheduleRecorder(scripted(choices), { labels: true });
    for (const label of labels) recorder.choose(handlePoint([new ModelHandle(label), b, c]));
    return recorder.digest();
  };

  test('is that of the labels up to the last difference', () => {
    expect(digestOf('wxyz', [0, 1, 0])).toBe(digestOf('wxab', [0, 1, 0]));
    expect(digestOf('wxyz', [0, 1, 0])).not.toBe(digestOf('vxyz', [0, 1, 0]));
    expect(digestOf('wxyz', [0, 1, 0])).not.toBe(digestOf('wxyz', [0, 2, 0]));
  });

  test('covers the step that a hold made late', () => {
    const released = (...labels: string[]): number => {
      const recorder = new ScheduleRecorder(null, { labels: true });
      const handles = labels.map((label) => new ModelHandle(label));
      recorder.record(handlePoint([a, b]), 1);
      recorder.record(handlePoint(handles), 0);
      recorder.record(handlePoint([a, ...handles]), 0);
      recorder.record(handlePoint(handles), 0);
      return recorder.digest();
    };
    expect(released('x', 'y')).toBe(released('x', 'z'));
    expect(released('x', 'y')).not.toBe(released('z', 'y'));
  });

  test('needs labels, which are read for nothing else', () => {
    const point = { ...handlePoint([a, b]), labelOf: () => expect.fail('reads a label') };
    const recorder = new ScheduleRecorder({ choose: () => 1 });
    recorder.choose(point);
    expect(() => recorder.digest()).toThrow(
      new TypeError('digest() needs labels: make the recorder with { labels: true }'),
    );
  });
});

test('an option that there is not is left to the loop to refuse', () => {
  for (const option of [2, -1, 0.5, Number.NaN, Infinity]) {
    const recorder = new ScheduleRecorder({ choose: () => option }, { labels: true });
    expect(recorder.choose(handlePoint([a, b]))).toBe(option);
    expect(recorder.schedule()).toEqual({ differences: [] });
  }
});

test('an object without sequence numbers may stand for a handle', () => {
  const handles = [{}, {}] as unknown as ModelHandle[];
  const recorder = new ScheduleRecorder(scripted([1, 0]));
  const point = handlePoint(handles);
  const chosen = [recorder.choose(point), recorder.choose(point)];
  const follower = new ScheduleFollower(recorder.schedule());
  expect([follower.choose(point), follower.choose(point)]).toEqual(chosen);
});

describe('a schedule is refused', () => {
  const greatest = 2 ** 31 - 1;
  test.each<[schedule: unknown, message: string]>([
    [undefined, 'schedule.differences must be an array, got undefined'],
    [{ differences: [null] }, 'differences[0].kind must be "hold" or "take", got undefined'],
    [{ differences: [{ kind: 'swap' }] }, 'differences[0].kind must be "hold" or "take", got swap'],
    [{ differences: [hold(-1, 0, 1)] }, `differences[0].at must be a whole number from 0 to ${greatest}, got -1`],
    [{ differences: [hold(3, 0, 3)] }, `differences[0].until must be a whole number from 4 to ${greatest}, got 3`],
    [
      { differences: [{ kind: 'take', at: 0, option: 0 }] },
      `differences[0].option must be a whole number from 1 to ${greatest}, got 0`,
    ],
    [
      { differences: [hold(0, 2 ** 31, 1)] },
      `differences[0].option must be a whole number from 0 to ${greatest}, got 2147483648`,
    ],
    ...[
      [hold(5, 1, 6), hold(5, 1, 7)],
      [hold(5, 1, 6), { kind: 'take', at: 5, option: 2 }],
      [hold(5, 1, 6), hold(4, 1, 6)],
    ].map((differences): [Schedule, string] => [
      { differences: differences as Difference[] },
      'differences must be in order of at, then of option, and a take alone at its point: ' +
        `differences[1] (at ${differences[1]!.at}) must not follow differences[0]`,
    ]),
  ])('%j', (schedule, message) => {
    expect(() => new ScheduleFollower(schedule as Schedule)).toThrow(expect.objectContaining({ message }));
  });
});
