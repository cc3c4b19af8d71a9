import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, serialize, TraceFormatError, type TraceEvent } from '../src/index.ts';

// JSON has no -0.
const time = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const base = { time, turn: fc.nat() };
const handle = { label: fc.string({ unit: 'grapheme' }), lane: fc.option(fc.string()) };

const choice = fc
  .record({ size: fc.integer({ min: 2, max: 50 }), share: fc.double({ min: 0, max: 0.999, noNaN: true }) })
  .map(({ size, share }) => ({ size, option: Math.floor(size * share) }));

const anyEvent: fc.Arbitrary<TraceEvent> = fc.oneof(
  fc.record({ kind: fc.constant('turn' as const), ...base }),
  fc.record({ kind: fc.constant('time' as const), ...base, from: time }),
  fc.record({ kind: fc.constant('scheduled' as const), ...base, ...handle, when: fc.option(time) }),
  fc.record({ kind: fc.constant('step' as const), ...base, ...handle, step: fc.integer({ min: 1 }) }),
  fc
    .record({
      kind: fc.constant('choice' as const),
      ...base,
      of: fc.constantFrom('handle' as const, 'latency' as const, 'value' as const),
      label: fc.string(),
      choice,
    })
    .map(({ choice: { size, option }, ...rest }) => ({ ...rest, size, option })),
);

test('a trace comes back from its document as it was', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      expect(parse(serialize(events)).events).toEqual(events);
    }),
  );
});

test('a document has one event a line', () => {
  const event: TraceEvent = { kind: 'turn', time: 0.5, turn: 1 };
  expect(serialize([event, event])).toBe(
    '{"format":"timeloom-trace","version":1,"events":[\n' +
      '{"kind":"turn","time":0.5,"turn":1},\n' +
      '{"kind":"turn","time":0.5,"turn":1}\n' +
      ']}\n',
  );
  expect(serialize([])).toBe('{"format":"timeloom-trace","version":1,"events":[]}\n');
});

test('drops fields that the version does not know', () => {
  const text =
    '{"format":"timeloom-trace","version":1,"by":"x","events":[{"kind":"turn","time":0,"turn":1,"color":"red"}]}';
  expect(parse(text)).toEqual({
    format: 'timeloom-trace',
    version: 1,
    events: [{ kind: 'turn', time: 0, turn: 1 }],
  });
});

describe('a refusal names the field, its value, and what is accepted', () => {
  const step = { kind: 'step', time: 0, turn: 1, step: 1, label: 'a', lane: null };
  const withEvents = (...events: unknown[]) => ({ format: 'timeloom-trace', version: 1, events });

  test.each<[document: unknown, field: string, message: string]>([
    [[], 'document', 'document must be an object, got an array of 0'],
    [{}, 'format', 'format must be "timeloom-trace", got nothing'],
    [{ format: 'timeloom-trace', version: 2 }, 'version', 'version must be 1, got 2'],
    [{ format: 'timeloom-trace', version: 1, events: 7 }, 'events', 'events must be an array, got 7'],
    [withEvents(step, null), 'events[1]', 'events[1] must be an object, got null'],
    [
      withEvents({ ...step, kind: 'stop' }),
      'events[0].kind',
      'events[0].kind must be one of "turn", "time", "scheduled", "step", "choice", got "stop"',
    ],
    [withEvents({ ...step, time: 'x' }), 'events[0].time', 'events[0].time must be a finite number, got "x"'],
    [withEvents({ ...step, step: 0 }), 'events[0].step', 'events[0].step must be a whole number of at least 1, got 0'],
    [
      withEvents({ ...step, lane: undefined }),
      'events[0].lane',
      'events[0].lane must be a string or null, got nothing',
    ],
    [
      withEvents({ kind: 'choice', time: 0, turn: 1, of: 'value', size: 2, option: 2, label: '' }),
      'events[0].option',
      'events[0].option must be a whole number from 0 to 1, got 2',
    ],
  ])('%j', (document, field, message) => {
    expect(() => parse(JSON.stringify(document))).toThrow(
      expect.objectContaining({ code: 'TIMELOOM_TRACE_FORMAT', field, message: `Not a trace document: ${message}` }),
    );
  });

  test('text that is not JSON', () => {
    expect(() => parse('not JSON')).toThrow(/^Not a trace document: the document is not JSON \(/);
  });

  test('events that JSON cannot carry', () => {
    expect(() => serialize([{ kind: 'turn', time: Infinity, turn: 1 }])).toThrow(TraceFormatError);
    expect(() => serialize([{ kind: 'turn', time: Infinity, turn: 1 }])).toThrow(
      'events[0].time must be a finite number, got Infinity',
    );
  });
});
