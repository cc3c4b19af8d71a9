import { EventLoop, VirtualClock, type EventLoopOptions } from '@timeloom/loop';
import { expect, test } from 'vitest';
import { Recorder, type RecorderOptions, type TraceEvent } from '../src/index.ts';

async function record(options?: RecorderOptions, loopOptions?: EventLoopOptions): Promise<readonly TraceEvent[]> {
  const recorder = new Recorder(options);
  const loop = new EventLoop({ clock: new VirtualClock(), instruments: [recorder], ...loopOptions });
  const worker = { label: 'Worker-1' };
  loop.callSoon(() => {}, { label: 'first', lane: worker });
  loop.callLater(50, () => loop.stop(), { label: 'last' });
  await loop.runForever();
  loop.close();
  return recorder.events;
}

test('records what a run did, in order', async () => {
  expect(await record()).toEqual([
    { kind: 'scheduled', time: 0, turn: 0, label: 'first', lane: 'Worker-1', when: null },
    { kind: 'scheduled', time: 0, turn: 0, label: 'last', lane: null, when: 50 },
    { kind: 'turn', time: 0, turn: 1 },
    { kind: 'step', time: 0, turn: 1, step: 1, label: 'first', lane: 'Worker-1' },
    { kind: 'time', time: 50, turn: 1, from: 0 },
    { kind: 'turn', time: 50, turn: 2 },
    { kind: 'step', time: 50, turn: 2, step: 2, label: 'last', lane: null },
  ]);
});

test('records only the kinds that are asked for, and counts all steps', async () => {
  const steps = await record({ kinds: ['step'] });
  expect(steps.map((event) => event.kind === 'step' && event.step)).toEqual([1, 2]);
  expect((await record({ kinds: ['time'] })).map((event) => event.kind)).toEqual(['time']);
  expect(await record({ kinds: [] })).toEqual([]);
});

test('records what a Scheduler chose', async () => {
  const recorder = new Recorder({ kinds: ['choice'] });
  const loop = new EventLoop({
    clock: new VirtualClock(),
    instruments: [recorder],
    scheduler: { choose: (point) => point.size - 1 },
  });
  loop.callSoon(() => {}, { label: 'a' });
  loop.callSoon(() => loop.stop(), { label: 'b' });
  await loop.runForever();
  expect(recorder.events).toEqual([{ kind: 'choice', time: 0, turn: 1, of: 'handle', size: 2, option: 1, label: 'b' }]);
});

test('hands events on instead of keeping them if there is an onEvent', async () => {
  const heard: TraceEvent[] = [];
  const kept = await record({ kinds: ['turn'], onEvent: (event) => void heard.push(event) });
  expect(kept).toEqual([]);
  expect(heard.map((event) => event.turn)).toEqual([1, 2]);
});

test('refuses a kind that there is not', () => {
  expect(() => new Recorder({ kinds: ['steps' as 'step'] })).toThrow(
    new RangeError('kinds must be among time, turn, choice, step, scheduled, got "steps"'),
  );
});
