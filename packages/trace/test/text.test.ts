import { expect, test } from 'vitest';
import { formatTrace, formatTraceEvent, formatTraceHeading, type TraceEvent } from '../src/index.ts';

const events: readonly TraceEvent[] = [
  { kind: 'scheduled', time: 0, turn: 0, label: 'Task-1 starts', lane: 'Task-1', when: null },
  { kind: 'turn', time: 0, turn: 1 },
  { kind: 'step', time: 0, turn: 1, step: 1, label: 'Task-1 starts', lane: 'Task-1' },
  { kind: 'scheduled', time: 0, turn: 1, label: 'Task-1: sleep ends', lane: 'Task-1', when: 1250.5 },
  { kind: 'time', time: 1250.5, turn: 1, from: 0 },
  { kind: 'choice', time: 1250.5, turn: 2, of: 'handle', size: 3, option: 1, label: 'Task-1: sleep ends' },
  { kind: 'step', time: 1250.5, turn: 2, step: 2, label: 'Task-1: sleep ends', lane: 'Task-1' },
  { kind: 'step', time: 1250.5, turn: 2, step: 3, label: 'callback()', lane: null },
];

test('aligns time, turn, step and task, and says what happened', () => {
  expect(`\n${formatTrace(events)}\n`).toMatchInlineSnapshot(`
    "
          ms  turn  step  task
       0.000     0        Task-1  scheduled: starts
       0.000     1                turn begins
       0.000     1     1  Task-1  starts
       0.000     1        Task-1  scheduled at 1250.500: sleep ends
    1250.500     1                time moves from 0.000
    1250.500     2                chose handle 1 of 3: Task-1: sleep ends
    1250.500     2     2  Task-1  sleep ends
    1250.500     2     3  -       callback()
    "
  `);
});

test('an empty trace is its heading', () => {
  expect(formatTrace([])).toBe('ms  turn  step  task');
});

test('a line of a stream lines up with its heading', () => {
  const heading = formatTraceHeading();
  const line = formatTraceEvent(events[2]!);
  expect(line.indexOf('Task-1')).toBe(heading.indexOf('task'));
  expect(line).toMatch(/^ +0\.000 +1 +1 {2}Task-1 {6}starts$/);
});

test('a cell that is too wide shifts its line and loses nothing', () => {
  const lane = 'a task with a long name';
  const line = formatTraceEvent({ kind: 'step', time: 1e12, turn: 1234567, step: 7654321, label: 'runs', lane });
  expect(line).toBe('1000000000000.000  1234567  7654321  a task with a long name  runs');
});

test('keeps a label that only begins like the lane', () => {
  const line = formatTraceEvent({ kind: 'step', time: 0, turn: 1, step: 1, label: 'Task-12 starts', lane: 'Task-1' });
  expect(line).toMatch(/Task-1 +Task-12 starts$/);
});
