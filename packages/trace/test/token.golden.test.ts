import { expect, test } from 'vitest';
import { decodeToken, encodeToken, ScheduleRecorder, type Difference } from '../src/index.ts';
import { drawPoint, handlePoint, ModelHandle } from './model-program.ts';

test.each<[differences: Difference[], digest: number, token: string]>([
  [[], 0, 'tl1_AAAAAA'],
  [[{ kind: 'hold', at: 7, option: 0, until: 9 }], 0x123456, 'tl1_EjRWAQ4AAg'],
  [
    [
      { kind: 'take', at: 3, option: 200 },
      { kind: 'hold', at: 300, option: 0, until: 301 },
      { kind: 'hold', at: 300, option: 2, until: 2 ** 31 - 1 },
    ],
    0xffffff,
    'tl1_____AwfIAdIEAAEAAtP9__8H',
  ],
])('the token of %j with digest %i', (differences, digest, token) => {
  expect(encodeToken({ differences }, digest)).toBe(token);
  expect(decodeToken(token)).toEqual({ schedule: { differences }, digest });
});

test('the digest of a run', () => {
  const recorder = new ScheduleRecorder(null, { labels: true });
  const handles = ['Task-1 resumes', 'Täsk 2 \u{1f642}'].map((label) => new ModelHandle(label));
  recorder.record(handlePoint(handles), 1);
  recorder.record(drawPoint('latency', 16), 5);
  recorder.record(drawPoint('value', 2), 1);
  recorder.record(drawPoint('value', 2), 0);
  expect(recorder.digest()).toBe(8_697_895);
});
