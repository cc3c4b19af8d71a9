import { expect, test } from 'vitest';
import { showProgress } from '../src/progress.ts';

test('progress is shown at most ten times a second, and erased', () => {
  let time = 0;
  const written: string[] = [];
  const progress = showProgress(
    (text) => void written.push(text.replaceAll('\r\u001B[K', '<')),
    () => time,
  );
  for (let runs = 1; runs <= 25; runs++) {
    time += 10;
    progress.update(runs);
  }
  progress.erase();
  progress.erase();
  expect(written).toEqual(['<10 runs, 100 schedules/s', '<20 runs, 100 schedules/s', '<']);
});

test('progress that was never shown is not erased', () => {
  const written: string[] = [];
  showProgress((text) => void written.push(text)).erase();
  expect(written).toEqual([]);
});
